// SPDX-License-Identifier: Apache-2.0
// Whom to call: the asset, its unit, its people with telephone, as it was when it happened, and now where that changed.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type IncidentAsset, type IncidentDetail, useOnDuty, useOwnerNow } from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { assetPath, personPath, unitPath } from '../../lib/links';

interface Person {
  person: number;
  name: string;
  duties: string[];
  phone?: string;
  mail?: string;
  unit?: string;
  distance: number;
}

interface Said {
  person?: unknown;
  name?: unknown;
  duty?: unknown;
  phone?: unknown;
  mail?: unknown;
  unit?: unknown;
  unit_name?: unknown;
  distance?: unknown;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** One line a person, with all duties; the nearest first, and nobody beyond the unit above. */
function gather(said: readonly Said[]): Person[] {
  const people = new Map<number, Person>();
  for (const each of said) {
    const id = Number(each.person);
    const duty = text(each.duty) ?? '';
    const known = people.get(id);
    if (known) {
      if (!known.duties.includes(duty)) known.duties.push(duty);
      continue;
    }
    people.set(id, {
      person: id,
      name: text(each.name) ?? '',
      duties: [duty],
      phone: text(each.phone),
      mail: text(each.mail),
      unit: text(each.unit_name) ?? text(each.unit),
      distance: Number(each.distance) || 0,
    });
  }
  return [...people.values()].sort((a, b) => a.distance - b.distance);
}

const NEAR = 1;
/** On duty of the unit: told by the roster, and too many to be called one by one. */
const CALLED = ({ duties }: Person) => duties.some((duty) => duty !== 'duty_officer');

const signature = (people: readonly Person[]) =>
  people
    .filter(({ distance }) => distance === 0)
    .map(({ person }) => person)
    .sort((a, b) => a - b)
    .join();

function People({ people }: { people: readonly Person[] }) {
  const { t } = useTranslation();
  return (
    <ul className="people">
      {people.map(({ person, name, duties, phone, unit, distance }) => (
        <li key={person}>
          <Link to={personPath(person)}>{name}</Link>
          {phone && (
            <a className="number" href={`tel:${phone}`}>
              {phone}
            </a>
          )}
          <span className="muted">
            {duties.map((duty) => t(`incident.duty.${duty as 'operator'}`)).join(t('common.comma'))}
            {distance > 0 && unit && ` · ${unit}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Now({ asset, then }: { asset: IncidentAsset; then: Person[] }) {
  const { t } = useTranslation();
  const { data } = useOwnerNow(asset.name || asset.what);
  if (!data?.asset) return null;
  const now = gather(data.responsibles).filter(CALLED);
  if (signature(now) === signature(then) && data.unit?.id === asset.unit)
    return <p className="muted">{t('incident.stillTheirs')}</p>;
  return (
    <div className="people-now" data-testid="owner-now">
      <h3>
        {t('incident.nowTheirs')} {data.unit && <Link to={unitPath(data.unit.id)}>{data.unit.name}</Link>}
      </h3>
      <People people={now.filter(({ distance }) => distance <= NEAR)} />
    </div>
  );
}

function Asset({ asset }: { asset: IncidentAsset }) {
  const { t } = useTranslation();
  const then = gather(asset.people).filter(CALLED);
  const near = then.filter(({ distance }) => distance <= NEAR);
  const far = then.filter(({ distance }) => distance > NEAR);
  return (
    <li className="asset">
      <div className="asset-head">
        {asset.asset ? <Link to={assetPath(asset.asset)}>{asset.name}</Link> : <span>{asset.name || asset.what}</span>}
        <span className="mono muted">{asset.what}</span>
        {asset.unit ? <Link to={unitPath(asset.unit)}>{asset.unit_name}</Link> : null}
        {asset.mlps_level > 0 && <span className="muted">{t('incident.mlps', { level: asset.mlps_level })}</span>}
      </div>
      {then.length === 0 ? (
        <p className="muted">{t('incident.nobodyKnown')}</p>
      ) : (
        <>
          <p className="muted">
            {t('incident.atThatTime')} <Time value={asset.at} />
          </p>
          <People people={near} />
          {far.length > 0 && (
            <details>
              <summary>{t('incident.above', { value: far.length })}</summary>
              <People people={far} />
            </details>
          )}
          <Now asset={asset} then={then} />
        </>
      )}
    </li>
  );
}

function OnDuty() {
  const { t } = useTranslation();
  const { data } = useOnDuty(useMay('duty.read'));
  if (!data) return null;
  return (
    <Panel title={t('incident.onDuty')} extra={<Link to="/duty">{t('incident.roster')}</Link>}>
      {data.now.length === 0 ? (
        <p className="muted">{t('incident.noDuty')}</p>
      ) : (
        <ul className="people">
          {data.now.map(({ id, name, phone }) => (
            <li key={id}>
              <span>{name}</span>
              {phone && (
                <a className="number" href={`tel:${phone}`}>
                  {phone}
                </a>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function Responsible({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <Panel title={t('incident.responsible')} className="responsible">
        {incident.assets.length === 0 ? (
          <p className="muted">{t('incident.noAsset')}</p>
        ) : (
          <ul data-testid="responsible">
            {incident.assets.map((asset) => (
              <Asset key={`${asset.asset} ${asset.what}`} asset={asset} />
            ))}
          </ul>
        )}
      </Panel>
      <OnDuty />
    </>
  );
}
