import type { RefObject } from 'preact';
import type { Translator } from '../i18n/messages';

const accepted = '.geojson,.json,.csv,.tsv,.txt,.shp,.dbf,.shx,.prj,.cpg,.gpkg,.dxf,.xlsx,.zip';

interface FilePickerProps {
  input: RefObject<HTMLInputElement | null>;
  files: readonly File[];
  t: Translator;
  take: (files: File[]) => void;
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
