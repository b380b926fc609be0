import { useSignal } from '@preact/signals';
import { type Status, statuses } from '../api/types';
import { GridChoice, type Grids } from '../frame/grids';
import type { Translator } from '../i18n/messages';
import { type Rule, type What, whats } from './rules';

interface RuleFormProps {
  t: Translator;
  grids: Grids;
  add: (rule: Rule) => void;
}

/** What a new rule is about, and where. How it calls is chosen at the rule. */
export function RuleForm({ t, grids, add }: RuleFormProps) {
  const what = useSignal<What>('status');
  const status = useSignal<Status>('quarantined');
  const grid = useSignal<string | null>(null);
  const least = useSignal(10);
  const leastPosts = useSignal(1);
  const isGap = what.value === 'gap';
  const isCount = isGap || what.value === 'count' || what.value === 'overdue';
  const submit = (event: Event) => {
    event.preventDefault();
    add({
      id: `${Date.now()}`,
      what: what.value,
      status: status.value,
      grid: grid.value,
      least: isGap ? leastPosts.value : isCount ? least.value : 1,
      sound: false,
      desktop: false,
    });
  };
  return (
    <form onSubmit={submit}>
      <label>
        <span>{t('alarms.what')}</span>
        <select value={what.value} onChange={(event) => (what.value = event.currentTarget.value as What)}>
          {whats.map((one) => (
            <option key={one} value={one}>
              {t(`alarms.what.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {(what.value === 'status' || what.value === 'count') && (
        <label>
          <span>{t('alarms.status')}</span>
          <select value={status.value} onChange={(event) => (status.value = event.currentTarget.value as Status)}>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {t(`status.${one}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {isCount && (
        <label>
          <span>{t(isGap ? 'alarms.least.posts' : 'alarms.least')}</span>
          <input
            type="number"
            min="1"
            max="9999999"
            required
            value={isGap ? leastPosts.value : least.value}
            onInput={(event) => ((isGap ? leastPosts : least).value = event.currentTarget.valueAsNumber)}
          />
        </label>
      )}
      <label for="alarms-grid">
        <span>{t('alarms.where')}</span>
        <GridChoice id="alarms-grid" grids={grids} grid={grid.value} choose={(chosen) => (grid.value = chosen)} t={t} />
      </label>
      <button type="submit">{t('alarms.add')}</button>
    </form>
  );
}
