// SPDX-License-Identifier: Apache-2.0
// Who had an address at a moment, and who answers for it: from logs of leases and sign-ins, and from the register.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOwner, useWho } from '../api/hunt-queries';
import type { WhoSpan } from '../api/types';
import { assetPath, entityPath, personPath, unitPath } from '../lib/links';
import { localTime } from '../lib/time';

interface Props {
  address: string;
  at: string;
  withOwner: boolean;
}

function Holder({ span }: { span: WhoSpan }) {
  const { t } = useTranslation();
  const { user, host, mac, from, until } = span;
  return (
    <span className="who-holder">
      {user && <Link to={entityPath('user', user)}>{user}</Link>}
      {host && <Link to={entityPath('host', host)}>{host}</Link>}
      {mac && <span className="mono">{mac}</span>}
      <span className="muted number">
        {t('events.heldFrom', { from: from ? localTime(from) : '?', to: until ? localTime(until) : '?' })}
      </span>
    </span>
  );
}

function Registered({ address, at }: { address: string; at: string }) {
  const { t } = useTranslation();
  const { data, error } = useOwner(address, at);
  if (error) return <span className="muted">{t('events.ownerFailed')}</span>;
  if (!data) return null;
  const { asset, unit, responsibles } = data;
  if (!asset && !unit) return <span className="muted">{t('events.unregistered')}</span>;
  return (
    <span className="who-holder" data-testid="owner-then">
      {asset && <Link to={assetPath(asset.id)}>{asset.name}</Link>}
      {unit && <Link to={unitPath(unit.id)}>{unit.name}</Link>}
      {responsibles.slice(0, 2).map(({ person, name }) => (
        <Link key={person} to={personPath(person)}>
          {name}
        </Link>
      ))}
    </span>
  );
}

export function WhoThen({ address, at, withOwner }: Props) {
  const { t } = useTranslation();
  const { data, error } = useWho({ what: address, at });
  const holders = data?.holders ?? [];
  return (
    <div className="who-then">
      <Link className="mono" to={entityPath('ip', address)}>
        {address}
      </Link>
      {withOwner && <Registered address={address} at={at} />}
      {holders.map((span) => (
        <Holder key={span.evidence.join()} span={span} />
      ))}
      {error && <span className="muted">{t('events.whoFailed')}</span>}
      {data && holders.length === 0 && <span className="muted">{t('events.nobodyKnown')}</span>}
    </div>
  );
}
