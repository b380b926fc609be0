import type { Status } from '../api/types';
import type { PageParts, SessionParts } from '../frame/parts';
import { Chip, Sign } from '../theme/chip';
import { Figure } from '../ui/figure';
import { Sound } from './sound';
import { AlarmWatch } from './watch';
import './wall.css';

const most = 5;

/**
 * On a wall: the newest that the rules of this browser call for and nobody has acknowledged. Nobody touches it, so that the link chooses
 * the sound: `sound=1`.
 */
export function wallAlarms({ slots }: PageParts, session: SessionParts): void {
  const watch = new AlarmWatch(session);
  const sound = new Sound();
  const isLoud = new URLSearchParams(location.search).get('sound') === '1';
  if (isLoud) sound.prepare();
  watch.called.on((call) => (isLoud || call.sound) && sound.ring());
  slots.put('top', <Wall watch={watch} sound={sound} session={session} />);
}

interface WallProps {
  watch: AlarmWatch;
  sound: Sound;
  session: SessionParts;
}

function Wall({ watch, sound, session: { t, times } }: WallProps) {
  const changes = watch.changes.value;
  if (changes.length === 0 && !sound.blocked.value) return null;
  return (
    <section id="wall-alarms" aria-label={t('alarms.label')}>
      {changes.length > 0 && (
        <h2>
          {t('alarms.title')} <Figure text={`${t.number(changes.length)}${watch.hasMore.value ? '+' : ''}`} />
        </h2>
      )}
      <ol>
        {changes.slice(0, most).map(({ sequence, at, household, zone, from, to }) => (
          <li key={sequence}>
            <time dateTime={at}>{times.moment(at)}</time>
            {household ? (
              <>
                <Chip status={from as Status} />
                <span aria-hidden="true">→</span>
                <Chip status={to as Status} />
                <span>{`${household.address} ${household.label}`}</span>
              </>
            ) : (
              <>
                <Sign kind="zone" />
                <span>{zone?.name}</span>
              </>
            )}
          </li>
        ))}
      </ol>
      {sound.blocked.value && <p class="second">{t('alarms.sound.blocked')}</p>}
    </section>
  );
}
