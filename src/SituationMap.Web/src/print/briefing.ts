import {
  AlignmentType,
  Document,
  HeadingLevel,
  ImageRun,
  Packer,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import { api } from '../api/client';
import { type Change, type CountsByLook, type Household, type Look, looking, looks } from '../api/types';
import { whatOf, whereOf } from '../changes/row';
import type { SessionParts } from '../frame/parts';
import { signed } from '../legend/card';
import { sinceWords } from '../situation/list';
import { palette } from '../theme/theme';
import { asOf, type Page, sourcesOf, titleOf, zonesOf } from './page';

const shown = 10;
const day = 86_400_000; // ms
const pictureWidth = 640; // px, as wide as a page of A4 between its margins

/**
 * A day's briefing as a document of Word, which one may write on in: the map, the counts and what changed them in
 * 24 hours, the latest changes, and who has been quarantined longest.
 */
export async function briefing(page: Page, viewer: SessionParts): Promise<Blob> {
  const { summary, picture } = page;
  const { t } = viewer;
  const { changes, longest } = await asked(page, viewer);
  const heading = (text: string) => new Paragraph({ text, heading: HeadingLevel.HEADING_2 });
  const image = new ImageRun({
    type: 'png',
    data: picture.src.slice(picture.src.indexOf(',') + 1),
    transformation: { width: pictureWidth, height: Math.round(pictureWidth / picture.aspect) },
    altText: { name: t('title'), description: t('title'), title: t('title') },
  });
  return Packer.toBlob(
    new Document({
      title: titleOf(summary, viewer),
      styles: {
        default: {
          document: { run: { size: 21, font: { ascii: 'Arial', hAnsi: 'Arial', eastAsia: 'Microsoft YaHei' } } },
        },
      },
      sections: [
        {
          properties: { page: { margin: { top: 1000, bottom: 1000, left: 1100, right: 1100 } } },
          children: [
            new Paragraph({ text: titleOf(summary, viewer), heading: HeadingLevel.TITLE }),
            new Paragraph(asOf(summary, viewer)),
            new Paragraph({ children: [image] }),
            new Paragraph(zonesOf(summary, t)),
            heading(t('card.counts')),
            counts(page, viewer),
            heading(t('print.changes')),
            changes.length === 0 ? new Paragraph(t('changes.none')) : changed(changes, viewer),
            ...(longest === null
              ? []
              : [
                  heading(t('list.longest')),
                  longest.length === 0 ? new Paragraph(t('list.longest.none')) : quarantined(longest, viewer),
                ]),
            new Paragraph({ text: sourcesOf(page, viewer), spacing: { before: 300 } }),
          ],
        },
      ],
    }),
  );
}

/** @returns `longest` is null for a past moment: only who it is at present can be asked */
async function asked(
  { summary }: Page,
  { time: { moment } }: SessionParts,
): Promise<{ changes: readonly Change[]; longest: readonly Household[] | null }> {
  const to = moment?.at ?? summary.asOf;
  const from = new Date(Date.parse(to) - day).toISOString();
  const [{ changes }, households] = await Promise.all([
    api.changes({ from, to, grid: summary.code, limit: String(shown) }),
    moment === null
      ? api.households({ grid: summary.code, status: 'quarantined', sort: 'since', limit: String(shown) })
      : null,
  ]);
  return { changes, longest: households?.households ?? null };
}

/** A row per grid and their sum, and below it what 24 hours changed. */
function counts({ summary }: Page, { t }: SessionParts): Table {
  const row = (label: string, of: CountsByLook, households: number) =>
    cells([label, ...looks.map((look) => t.number(looking(of, look))), t.number(households)]);
  const change = { ...summary.change24h, healthyUnsurveyed: summary.healthyUnsurveyedChange24h };
  return table([
    new TableRow({
      tableHeader: true,
      children: [
        cell(t('situation.grid'), true),
        ...looks.map((look) => cell(t(`status.${look}`), true, look)),
        cell(t('print.households'), true),
      ],
    }),
    ...summary.children.map((child) => row(child.name, child, child.households)),
    row(summary.children.length > 0 ? t('situation.sum') : summary.name, summary, summary.households),
    cells([t('card.change'), ...looks.map((look) => signed(looking(change, look), t)), '']),
  ]);
}

const changed = (changes: readonly Change[], { t, times }: SessionParts): Table =>
  table(changes.map((change) => cells([times.exact(change.at), whereOf(change), whatOf(change, t)])));

const quarantined = (households: readonly Household[], viewer: SessionParts): Table =>
  table(
    households.map((household) => cells([`${household.address} ${household.label}`, sinceWords(household, viewer)])),
  );

const table = (rows: TableRow[]): Table => new Table({ rows, width: { size: 100, type: WidthType.PERCENTAGE } });

const cells = (texts: readonly string[]): TableRow =>
  new TableRow({ cantSplit: true, children: texts.map((text) => cell(text)) });

/** @param look whose colour it has, as the map on paper has it */
function cell(text: string, isHead = false, look?: Look): TableCell {
  const colours = palette({ theme: 'light', palette: 'default' });
  const fill = look && look !== 'unvisited' ? colours[look] : undefined;
  const ink = look && look !== 'unvisited' ? colours[`${look}-letter`] : undefined;
  return new TableCell({
    margins: { top: 40, bottom: 40, left: 80, right: 80 },
    ...(fill && { shading: { type: ShadingType.CLEAR, fill: fill.slice(1) } }),
    children: [
      new Paragraph({
        alignment: AlignmentType.LEFT,
        children: [new TextRun({ text, bold: isHead, ...(ink && { color: ink.slice(1) }) })],
      }),
    ],
  });
}
