import { useSignal } from '@preact/signals';
import type { SessionParts } from '../frame/parts';
import { may } from '../session/session';

const open = ['buildings', 'grids', 'households', 'checkpoints', 'zones'] as const;
const personal = ['persons', 'returnees', 'contacts', 'readings'] as const;
/** Of the purposes that the server knows, those that say enough by themselves. */
const purposes = ['contact-tracing', 'visit', 'medical-care', 'supplies', 'correction', 'subject-request'] as const;
const formats = ['xlsx', 'csv', 'geojson', 'gpkg'] as const;

/**
 * What can be taken out: one collection or ledger in one format. What is about persons takes a word what for, which is
 * kept.
 */
export function Exporting({ t, session }: SessionParts) {
  const kinds = [...open, ...(may(session, 'seePersons') ? personal : [])];
  const kind = useSignal<(typeof kinds)[number]>(kinds[0]!);
  const format = useSignal<(typeof formats)[number]>(formats[0]);
  const purpose = useSignal('');
  const isPersonal = personal.some((one) => one === kind.value);
  const query = new URLSearchParams({ format: format.value, ...(isPersonal ? { purpose: purpose.value } : {}) });
  return (
    <div class="form">
      <div class="field">
        <label for="export-kind">{t('data.export.kind')}</label>
        <select
          id="export-kind"
          value={kind.value}
          onChange={(event) => {
            kind.value = kinds[event.currentTarget.selectedIndex]!;
          }}
        >
          {kinds.map((name) => (
            <option key={name} value={name}>
              {t(`data.kind.${name}`)}
            </option>
          ))}
        </select>
        <p class="second">{t(`data.export.about.${kind.value}`)}</p>
      </div>
      <div class="field">
        <label for="export-format">{t('data.export.format')}</label>
        <select
          id="export-format"
          value={format.value}
          onChange={(event) => {
            format.value = formats[event.currentTarget.selectedIndex]!;
          }}
        >
          {formats.map((name) => (
            <option key={name} value={name}>
              {t(`data.format.${name}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="field" hidden={!isPersonal}>
        <label for="export-purpose">{t('data.export.purpose')}</label>
        <select
          id="export-purpose"
          aria-describedby="export-purpose-hint"
          value={purpose.value}
          onChange={(event) => {
            purpose.value = event.currentTarget.value;
          }}
        >
          <option value="">{t('data.choose')}</option>
          {purposes.map((name) => (
            <option key={name} value={name}>
              {t(`data.purpose.${name}`)}
            </option>
          ))}
        </select>
        <p class="second" id="export-purpose-hint">
          {t('data.export.purpose.hint')}
        </p>
      </div>
      <div class="buttons">
        {isPersonal && purpose.value === '' ? (
          <button type="button" class="primary" disabled>
            {t('data.export.download')}
          </button>
        ) : (
          <a
            class="button primary"
            href={`api/exports/${kind.value}?${query}`}
            download={`${kind.value}.${format.value}`}
          >
            {t('data.export.download')}
          </a>
        )}
      </div>
    </div>
  );
}
