import type { BuildingWork, HouseholdWork, WorkItem } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { Chip } from '../theme/chip';

interface RoundSheetProps {
  /** Whose round it is, in words. */
  name: string;
  asOf: string;
  buildings: readonly BuildingWork[];
  session: SessionParts;
}

/** The round on paper: a row a household, with a box to tick for each thing to be done, for whoever goes without a telephone. */
export function RoundSheet({ name, asOf, buildings, session: { t, times } }: RoundSheetProps) {
  // a reading that was missed cannot be made up for, so there is nothing to go there for
  const itemsOf = ({ items }: HouseholdWork) =>
    items.filter(({ state, what }) => state === 'due' || what !== 'temperature');
  const word = (item: WorkItem, { members }: HouseholdWork) => {
    const whose =
      item.person === null || !members || members.length < 2
        ? ''
        : t('household.overdue.of', { member: t('household.member', { n: members.indexOf(item.person) + 1 }) });
    return whose + t('work.by', { time: times.moment(item.due) });
  };
  return (
    <section id="round" aria-hidden="true" data-theme="light">
      <h1>{`${name} · ${t('work.title')}`}</h1>
      <p>{t('print.at', { time: times.dated(asOf) })}</p>
      <table>
        <thead>
          <tr>
            <th>{t('work.door')}</th>
            <th>{t('work.tick')}</th>
            <th>{t('work.notes')}</th>
          </tr>
        </thead>
        {buildings.map((building) => (
          <tbody key={building.building}>
            {building.households
              .filter((household) => itemsOf(household).length > 0)
              .map((household) => (
                <tr key={household.household}>
                  <th scope="row">
                    {`${building.address} ${household.label}`}
                    <span>
                      <Chip status={household.status} />
                      {t.persons(household.persons)}
                    </span>
                  </th>
                  <td>
                    <ul>
                      {itemsOf(household).map((item) => (
                        <li key={`${item.what} ${item.person} ${item.due}`}>
                          <span class="box" />
                          {`${t.or(`report.${item.what}`, item.what)} ${word(item, household)}`}
                          <span class="blank" />
                        </li>
                      ))}
                    </ul>
                  </td>
                  <td />
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
