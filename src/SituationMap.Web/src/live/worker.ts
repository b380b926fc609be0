import { openStream } from './connection';
import { type Follower, SharedFeed } from './shared';

// its name begins with where the pages are
const page = (self as unknown as { name: string }).name.split(' ', 1)[0]!;
const feed = new SharedFeed((since) => openStream(since, page));

/** A page says up to where it knows everything, and `null` when it leaves. */
addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!;
  let follower: Follower | null = null;
  port.onmessage = ({ data: known }: MessageEvent<number | null>) => {
    if (follower) feed.leave(follower);
    follower = known === null ? null : { known, tell: (message) => port.postMessage(message) };
    if (follower) feed.join(follower);
  };
});
