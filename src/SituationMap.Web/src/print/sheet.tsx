import { signal } from '@preact/signals';
import { createRef } from 'preact';
import { api } from '../api/client';
import type { Box } from '../api/types';
import { printDoorCodes } from '../doors/cards';
import type { Viewer } from '../frame/parts';
import { may } from '../session/session';
import { Close } from '../ui/close';
import { save } from '../ui/save';
import { type Page, Sheet } from './page';
import { picture, seen } from './picture';
import './print.css';

type Paper = 'A4' | 'A3';

/**
 * What of a sheet is printed on, in pixels of the page, 96 to the inch; and how tall a line of its text is. As in
 * print.css.
 */
const papers: Record<Paper, { width: number; height: number; line: number }> = {
  A4: { width: 1046, height: 710, line: 26 },
  A3: { width: 1496, height: 1024, line: 36 },
};

/**
 * The situation on paper: one sheet of what is shown, or a book with a page per grid. The browser prints it or makes a
 * PDF.
 */
export function printing(viewer: Viewer): void {
  const { t, times, menu, keys, slots, coveredArea, notices, appearance, time, session } = viewer;
  const pages = signal<readonly Page[]>([]);
  const state = signal('');
  const making = signal(false);
  const dialog = createRef<HTMLDialogElement>();
  const paper = createRef<HTMLSelectElement>();
  const sheets = createRef<HTMLElement>();
  const renew = createRef<HTMLInputElement>();

  const PrintDialog = () => (
    <dialog id="print" ref={dialog} aria-labelledby="print-title">
      <header>
        <h2 id="print-title">{t('print.label')}</h2>
        <Close label={t('panel.close')} close={() => dialog.current?.close()} />
      </header>
      <div class="body">
        <p>{t('print.does')}</p>
        <label>
          {t('print.paper')}
          <select id="paper" ref={paper} aria-label={t('print.paper')}>
            <option value="A4">A4</option>
            <option value="A3">A3</option>
          </select>
        </label>
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={making.value}
            onClick={() => void make((grid) => print(grid, false))}
          >
            {t('print.sheet')}
          </button>
          <button type="button" disabled={making.value} onClick={() => void make((grid) => print(grid, true))}>
            {t('print.book')}
          </button>
          <button type="button" disabled={making.value} onClick={() => void make(brief)}>
            {t('print.briefing')}
          </button>
          <button type="button" disabled={making.value} onClick={() => void make(copyPoster)}>
            {t('print.picture')}
          </button>
        </div>
        {may(session, 'report') && (
          <div class="buttons">
            <button type="button" disabled={making.value} onClick={() => void make(printCodes)}>
              {t('doors.print')}
            </button>
            <label>
              <input type="checkbox" ref={renew} />
              {t('doors.renew')}
            </label>
          </div>
        )}
        <p class="second" role="status">
          {state}
        </p>
      </div>
    </dialog>
  );
  const Sheets = () => (
    <section id="sheets" ref={sheets} aria-hidden="true" data-theme="light" data-palette={appearance.palette}>
      {pages.value.map((page, index, { length }) => (
        <Sheet key={page.summary.code} {...page} session={viewer} number={index + 1} of={length} />
      ))}
    </section>
  );
  slots.put('dialogs', <PrintDialog />);
  slots.put('paper', <Sheets />);
  const open = () => dialog.current?.showModal();
  menu.add({ icon: 'print', label: t('print.label'), run: open });
  keys.add('p', 'print.label', open);

  /** @param how makes it of the grid that the page covers, and gives what there is to say of it */
  async function make(how: (grid: string) => Promise<string>): Promise<void> {
    if (coveredArea.grid === null) {
      notices.show(t('card.empty'), 5_000);
      return;
    }
    making.value = true;
    try {
      state.value = await how(coveredArea.grid);
    } catch {
      state.value = t('print.failed');
    } finally {
      making.value = false;
    }
  }

  async function print(grid: string, all: boolean): Promise<string> {
    const size = paper.current!.value as Paper;
    document.documentElement.dataset.paper = size;
    pages.value = await drawn(grid, all, size);
    await Promise.all([...sheets.current!.querySelectorAll('img')].map((image) => image.decode()));
    dialog.current!.close();
    window.print();
    return '';
  }

  /** The codes of all doors of the grid. */
  async function printCodes(grid: string): Promise<string> {
    const request = { grid, building: null, household: null, renew: renew.current!.checked };
    const { printed, kept } = await printDoorCodes(request, t);
    return printed === 0 ? t('doors.none', { kept }) : t('doors.made', { codes: printed, kept });
  }

  /** A document that one may write on in. */
  async function brief(grid: string): Promise<string> {
    const [page] = await drawn(grid, false, 'A4');
    const { briefing } = await import('./briefing');
    save(await briefing(page!, viewer), fileOf(page!, 'docx'));
    return t('print.saved');
  }

  /** A picture to paste elsewhere; as a file where the browser has no clipboard for pictures, as on a plain intranet. */
  async function copyPoster(grid: string): Promise<string> {
    const [page] = await drawn(grid, false, 'A4');
    const { poster } = await import('./poster');
    const picture = await poster(page!, viewer);
    try {
      await navigator.clipboard.write([new ClipboardItem({ [picture.type]: picture })]);
      return t('print.copied');
    } catch {
      save(picture, fileOf(page!, 'png'));
      return t('print.saved');
    }
  }

  const fileOf = ({ summary }: Page, extension: string) =>
    `${summary.name} ${times.input(time.moment?.at ?? summary.asOf).slice(0, 10)}.${extension}`;

  async function drawn(grid: string, all: boolean, size: Paper): Promise<Page[]> {
    const whole = await api.summary(grid, time.query);
    const wanted = [{ summary: whole, bounds: null as Box | null }];
    for (const child of all ? whole.children : [])
      wanted.push({ summary: await api.summary(child.code, time.query), bounds: child.bounds });
    const made: Page[] = [];
    for (const { summary, bounds } of wanted) {
      state.value = t('print.making', { n: made.length + 1, of: wanted.length });
      const { width, height, line } = papers[size];
      const lines = summary.children.length + 6; // the heads, the sum, the title, the legend, the zones and the foot
      const room = { width, height: Math.max(height / 3, height - lines * line - 34) };
      const box = all ? (bounds ?? coveredArea.bounds) : seen(viewer);
      made.push({ summary, picture: await picture(viewer, box, room) });
    }
    return made;
  }
}
