import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { MessageKey, Translator } from '../i18n/messages';

/** Of browsers that read codes themselves (Shape Detection API). */
interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}

const detectorOf = (): (new (options: { formats: string[] }) => Detector) | undefined =>
  (globalThis as { BarcodeDetector?: new (options: { formats: string[] }) => Detector }).BarcodeDetector;

const pause = 150; // ms between looks
const notAgain = 3_000; // ms for which the same code in view is the same person

interface CameraProps {
  t: Translator;
  read: (text: string) => void;
}

/** Reads passes with the camera, where the browser can. */
export function Camera({ t, read }: CameraProps) {
  const isOpen = useSignal(false);
  const trouble = useSignal<MessageKey | null>(null);
  const video = useRef<HTMLVideoElement>(null);
  const Detector = detectorOf();

  useEffect(() => {
    if (!isOpen.value || !Detector) return;
    const detector = new Detector({ formats: ['qr_code'] });
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    let last = { text: '', at: 0 };
    const look = async (): Promise<void> => {
      const found = await detector.detect(video.current!).catch(() => []);
      if (isGone) return;
      const text = found[0]?.rawValue;
      const now = performance.now();
      if (text !== undefined) {
        if (text !== last.text || now - last.at > notAgain) read(text);
        last = { text, at: now };
      }
      timer = setTimeout(() => void look(), pause);
    };
    void navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then(async (opened) => {
        stream = opened;
        if (isGone) return close();
        video.current!.srcObject = opened;
        await video.current!.play();
        await look();
      })
      .catch(() => {
        trouble.value = 'gate.camera.failed';
        isOpen.value = false;
      });
    const close = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    return () => {
      isGone = true;
      clearTimeout(timer);
      close();
    };
  }, [isOpen.value]);

  if (!isSecureContext) return null; // the page says so
  if (!Detector) return <p class="second">{t('gate.camera.none')}</p>;
  return (
    <section>
      {isOpen.value ? <video ref={video} class="camera" muted playsInline aria-label={t('gate.camera')} /> : null}
      <button
        type="button"
        class="wide"
        onClick={() => {
          trouble.value = null;
          isOpen.value = !isOpen.value;
        }}
      >
        {t(isOpen.value ? 'gate.camera.stop' : 'gate.camera')}
      </button>
      {trouble.value === null ? null : (
        <p class="words" role="alert">
          {t(trouble.value)}
        </p>
      )}
    </section>
  );
}
