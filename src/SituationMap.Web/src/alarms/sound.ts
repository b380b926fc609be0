import { signal } from '@preact/signals';
import { throttle } from '../ui/throttle';

const every = 4_000; // ms from one to the next at least, however much happens
const loudness = 0.12; // of 1: to be heard in a quiet room, and not to startle
const notes = [659, 880]; // Hz
const length = 0.16; // s of each

/** Two soft notes, made here and not fetched. Browsers let a page sound only once somebody has touched it. */
export class Sound {
  /** Whether it waits for somebody to touch the page. */
  readonly blocked = signal(false);
  readonly isPossible = typeof AudioContext === 'function';
  readonly #ring = throttle(
    0,
    async () => this.#play(),
    () => every,
  );
  #context: AudioContext | null = null;

  /** From now on it is to be heard: takes the next touch of the page as the leave to sound. */
  prepare(): void {
    if (!this.isPossible || this.#context) return;
    const context = new AudioContext();
    this.#context = context;
    const show = () => {
      this.blocked.value = context.state !== 'running';
    };
    context.onstatechange = show;
    show();
    const wake = () => void context.resume();
    for (const touch of ['pointerdown', 'keydown'] as const) addEventListener(touch, wake, { capture: true });
    wake();
  }

  /** At once, unless it has just sounded: then once more when a while is over. */
  ring(): void {
    this.prepare();
    this.#ring();
  }

  /** At once: somebody wants to hear it. */
  test(): void {
    this.prepare();
    this.#play();
  }

  #play(): void {
    const context = this.#context;
    if (!context) return;
    notes.forEach((hertz, index) => {
      const begin = context.currentTime + index * length;
      const [tone, gain] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, begin);
      gain.gain.linearRampToValueAtTime(loudness, begin + 0.02);
      gain.gain.linearRampToValueAtTime(0, begin + length);
      tone.connect(gain).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + length);
    });
  }
}
