// Writes data/pinyin/initials.txt: for each letter the characters of which a reading begins with it. `npm run pinyin`,
// when pinyin-pro has learnt something; what it gives is kept with the data.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { polyphonic } from 'pinyin-pro';

const byLetter = new Map();
for (let code = 0x4e00; code <= 0x9fa5; code++) {
  const character = String.fromCodePoint(code);
  const [readings] = polyphonic(character, { toneType: 'none', type: 'array' });
  for (const letter of new Set(readings.map((reading) => reading[0]).filter((first) => /^[a-z]$/.test(first)))) {
    byLetter.set(letter, (byLetter.get(letter) ?? '') + character);
  }
}
const lines = [...byLetter]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([letter, characters]) => `${letter} ${characters}\n`);
writeFileSync(fileURLToPath(new URL('../../../data/pinyin/initials.txt', import.meta.url)), lines.join(''));
