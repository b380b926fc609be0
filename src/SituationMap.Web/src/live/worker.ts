import { SharedFeed, type Follower } from './shared';

const feed = new SharedFeed();

/** A page says up to where it knows everything, and `null` when it leaves. */
addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!;
  let follower: Follower | null = null;
  port.onmessage = ({ data: known }: MessageEvent<number | null>) => {
    if (follower) feed.leave(follower);
    follower = known === null ? null : { known, tell: (told) => port.postMessage(told) };
    if (follower) feed.join(follower);
  };
});
