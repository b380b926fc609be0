import { looking, looks } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { fonts, palette } from '../theme/theme';
import { asOf, type Page, sourcesOf, titleOf } from './page';

const margin = 32; // px
const line = 34;
const chip = 22;

/** The map as one picture that can stand alone: what it shows, of when, how many, and where it comes from. PNG. */
export async function poster(page: Page, viewer: SessionParts): Promise<Blob> {
  const { summary, picture } = page;
  const { t, appearance } = viewer;
  const map = new Image();
  map.src = picture.src;
  await map.decode();
  const canvas = document.createElement('canvas');
  canvas.width = map.naturalWidth + 2 * margin;
  canvas.height = map.naturalHeight + 2 * margin + 5 * line;
  const pen = canvas.getContext('2d')!;
  const colours = palette({ theme: 'light', palette: appearance.palette });
  const family = fonts.normal.map((font) => `"${font}"`).join(', ');
  const write = (text: string, x: number, y: number, size: number, ink: string) => {
    pen.font = `${size}px ${family}, sans-serif`;
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
    return pen.measureText(text).width;
  };
  pen.textBaseline = 'middle';
  pen.fillStyle = colours.panel!;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write(titleOf(summary, viewer), margin, margin + line / 2, 28, colours.text!);
  write(asOf(summary, viewer), margin, margin + 1.5 * line, 18, colours['text-second']!);
  pen.drawImage(map, margin, margin + 2 * line);

  const below = margin + 2 * line + map.naturalHeight;
  const bar = picture.bar.part * map.naturalWidth;
  pen.fillStyle = colours.text!;
  pen.fillRect(margin + map.naturalWidth - bar - 12, below - 14, bar, 3);
  write(picture.bar.text, margin + map.naturalWidth - bar - 12, below - 30, 16, colours.text!);

  let x = margin;
  for (const look of looks) {
    pen.fillStyle = look === 'unvisited' ? colours.panel! : colours[look]!;
    pen.fillRect(x, below + line - chip / 2, chip, chip);
    pen.strokeStyle = colours['healthy-text']!;
    if (look === 'unvisited') pen.strokeRect(x, below + line - chip / 2, chip, chip);
    const words = `${t(`status.${look}`)} ${t.households(looking(summary, look))}`;
    x += chip + 8 + write(words, x + chip + 8, below + line, 18, colours.text!) + 26;
  }
  write(sourcesOf(page, viewer), margin, below + 2.2 * line, 14, colours['text-second']!);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  );
}
