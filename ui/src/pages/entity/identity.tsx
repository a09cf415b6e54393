// SPDX-License-Identifier: Apache-2.0
// Who or what it is: from the register, from the addresses' history, from the events themselves.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOwner, useStatistics, useValues, useWho } from '../../api/hunt-queries';
import { type EventSearch, useMay } from '../../api/queries';
import type { Owner, Who } from '../../api/types';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Contact } from '../../components/register/contact';
import { Time } from '../../components/time';
import { kqlTerm } from '../../lib/kql';
import { assetPath, type EntityKind, entityPath, newAssetPath, unitPath } from '../../lib/links';
import { localTime, type Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';

const RESPONSIBLES = 3;

/** The nearest come first; who has several duties is named once. */
const nearest = (all: Owner['responsibles']) =>
  all.filter(({ person }, i) => all.findIndex((other) => other.person === person) === i).slice(0, RESPONSIBLES);

function Register({ owner, address }: { owner: Owner; address?: string }) {
  const { t } = useTranslation();
  const may = useMay('register.change');
  const { asset, unit, responsibles } = owner;
  if (!asset && !unit)
    return (
      <p data-testid="unregistered">
        <span className="entity-mark">{t('entity.unregistered')}</span>{' '}
        <span className="muted">{t('entity.unregisteredHint')}</span>{' '}
        {may && address && <Link to={newAssetPath(address)}>{t('sources.one.register')}</Link>}
      </p>
    );
  return (
    <dl className="pairs" data-testid="owner">
      {asset && (
        <div>
          <dt>{t('entity.asset')}</dt>
          <dd>
            <Link to={assetPath(asset.id)}>{asset.name}</Link>
          </dd>
        </div>
      )}
      {unit && (
        <div>
          <dt>{t('entity.unit')}</dt>
          <dd>
            <Link to={unitPath(unit.id)}>{unit.name}</Link>
          </dd>
        </div>
      )}
      {nearest(responsibles).map(({ person, name, phone }) => (
        <div key={person}>
          <dt>{t('entity.responsible')}</dt>
          <dd>
            <Contact person={person} name={name} phone={phone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Registered({ kind, value }: { kind: EntityKind; value: string }) {
  const { t } = useTranslation();
  const query = useOwner(value);
  return (
    <Panel title={t('entity.registered')}>
      <Loaded query={query} rows={3}>
        {(owner) => <Register owner={owner} address={kind === 'ip' ? value : undefined} />}
      </Loaded>
    </Panel>
  );
}

/** One line a holder, or what a person or machine held; each leads to the records that say so. */
function Holders({ who, kind }: { who: Who; kind: EntityKind }) {
  const { t } = useTranslation();
  return (
    <ul className="entity-rows" data-testid="holders">
      {who.holders.map((span) => (
        <li key={span.evidence.join()}>
          <span className="number muted">
            {span.from ? localTime(span.from) : '?'} – {span.until ? localTime(span.until) : '?'}
          </span>
          {kind !== 'ip' && span.address && (
            <Link className="mono" to={entityPath('ip', span.address)}>
              {span.address}
            </Link>
          )}
          {kind !== 'user' && span.user && <Link to={entityPath('user', span.user)}>{span.user}</Link>}
          {kind !== 'host' && span.host && <Link to={entityPath('host', span.host)}>{span.host}</Link>}
          {span.mac && <span className="mono">{span.mac}</span>}
          <Link to={eventsPath({ from: '-30d', to: 'now', q: span.evidence.map((seq) => `seq: ${seq}`).join(' or ') })}>
            {t('entity.evidence', { count: span.records })}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function History({ kind, value, range }: { kind: EntityKind; value: string; range: Range }) {
  const { t } = useTranslation();
  const query = useWho({ what: value, ...range });
  return (
    <Panel title={t(kind === 'ip' ? 'entity.hadIt' : 'entity.hadAddresses')}>
      <Loaded
        query={query}
        rows={3}
        isEmpty={({ holders }) => holders.length === 0}
        empty={<p className="muted">{t('entity.nobodyKnown')}</p>}
      >
        {(who) => <Holders who={who} kind={kind} />}
      </Loaded>
    </Panel>
  );
}

function Network({ search, value }: { search: EventSearch; value: string }) {
  const { t } = useTranslation();
  const source = { ...search, q: kqlTerm('source.ip', value) };
  const countries = useValues(source, 'source.geo.country_iso_code', 3);
  const networks = useValues(source, 'source.as.organization.name', 3);
  const parts = [
    { key: 'country', label: t('entity.country'), field: 'source.geo.country_iso_code', data: countries.data },
    { key: 'network', label: t('entity.network'), field: 'source.as.organization.name', data: networks.data },
  ];
  return parts.map(({ key, label, field, data }) =>
    data?.values.length ? (
      <div key={key}>
        <dt>{label}</dt>
        <dd>
          {data.values.map(({ value: name }) => (
            <Link key={name} className="entity-word" to={eventsPath({ ...search, q: kqlTerm(field, name) })}>
              {name}
            </Link>
          ))}
        </dd>
      </div>
    ) : null,
  );
}

function Seen({ kind, value, search }: { kind: EntityKind; value: string; search: EventSearch }) {
  const { t } = useTranslation();
  const query = useStatistics(search, '@timestamp');
  return (
    <Panel title={t('entity.seen')}>
      <Loaded
        query={query}
        rows={2}
        isEmpty={({ events }) => events === 0}
        empty={<p className="muted">{t('entity.notSeen')}</p>}
      >
        {({ min, max }) => (
          <dl className="pairs" data-testid="seen">
            <div>
              <dt>{t('entity.first')}</dt>
              <dd>{min && <Time value={min} />}</dd>
            </div>
            <div>
              <dt>{t('entity.last')}</dt>
              <dd>{max && <Time value={max} />}</dd>
            </div>
            {kind === 'ip' && <Network search={search} value={value} />}
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}

/** Who had an address, or which addresses a person or a machine had. */
const HAS_HISTORY: readonly EntityKind[] = ['ip', 'user', 'host'];
const MAY_BE_REGISTERED: readonly EntityKind[] = ['ip', 'host', 'domain'];

export function Identity({ kind, value, search }: { kind: EntityKind; value: string; search: EventSearch }) {
  const mayRegister = useMay('register.read');
  return (
    <>
      <Seen kind={kind} value={value} search={search} />
      {mayRegister && MAY_BE_REGISTERED.includes(kind) && <Registered kind={kind} value={value} />}
      {HAS_HISTORY.includes(kind) && <History kind={kind} value={value} range={{ from: search.from, to: search.to }} />}
    </>
  );
}
