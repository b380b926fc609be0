import type { RefObject } from 'preact';
import type { Translator } from '../i18n/messages';

const templates = ['grids', 'buildings', 'households', 'persons', 'checkpoints'] as const;
const accepted = '.geojson,.json,.csv,.tsv,.txt,.shp,.dbf,.shx,.prj,.cpg,.gpkg,.dxf,.xlsx,.zip';

interface FilePickerProps {
  input: RefObject<HTMLInputElement | null>;
  files: readonly File[];
  t: Translator;
  take: (files: File[]) => void;
}

/** What a place is put together from, in the order in which it is imported, each with a table to be filled in. */
export function Templates({ t }: { t: Translator }) {
  return (
    <section class="templates" aria-labelledby="templates-title">
      <h3 id="templates-title">{t('data.templates')}</h3>
      <p class="second">{t('data.templates.hint')}</p>
      <ol>
        {templates.map((kind) => (
          <li key={kind}>
            <a href={`templates/${t.language}/${kind}.csv`} download={`${t(`data.kind.${kind}`)}.csv`}>
              {t(`data.kind.${kind}`)}
            </a>
            <span class="second">{t(`data.template.${kind}`)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Where a file is chosen or let go, and what was. */
export function FilePicker({ input, files, t, take }: FilePickerProps) {
  const main = files.find(({ name }) => !/\.(dbf|shx|prj|cpg)$/i.test(name)) ?? files[0];
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <label class={main ? 'drop taken' : 'drop'} for="import-file">
      <input
        ref={input}
        id="import-file"
        type="file"
        class="unseen"
        multiple
        accept={accepted}
        onChange={(event) => {
          take([...(event.currentTarget.files ?? [])]);
          // the same file once more is a choice, too
          event.currentTarget.value = '';
        }}
      />
      <b>{main ? main.name : t('data.file.choose')}</b>
      <span class="second">
        {main ? t('data.file.taken', { size: size(bytes, t.number) }) : t('data.file.formats')}
      </span>
    </label>
  );
}

function size(bytes: number, number: (n: number) => string): string {
  return bytes < 1e6 ? `${number(Math.ceil(bytes / 1e3))} kB` : `${number(Math.round(bytes / 1e5) / 10)} MB`;
}
