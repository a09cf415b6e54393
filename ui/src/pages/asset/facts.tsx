// SPDX-License-Identifier: Apache-2.0
// What the register says of the asset itself. Each address and name leads to everything about it.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Pair } from '../../components/pair';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { type EntityKind, entityPath, unitPath } from '../../lib/links';
import { type Asset, IDENTIFIERS, type IdentifierKind } from '../../lib/register';

const ENTITIES: Partial<Record<IdentifierKind, EntityKind>> = { addresses: 'ip', hosts: 'host', domains: 'domain' };

function Identifier({ kind, value }: { kind: IdentifierKind; value: string }) {
  const entity = ENTITIES[kind];
  const isOne = kind !== 'addresses' || !/[/-]/.test(value);
  return entity && isOne ? (
    <Link className="mono" to={entityPath(entity, value)}>
      {value}
    </Link>
  ) : (
    <span className="mono">{value}</span>
  );
}

export function Facts({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const missing = <span className="muted">{t('register.nothing')}</span>;
  return (
    <Panel title={t('asset.facts')}>
      <dl className="pairs">
        <Pair name={t('register.unit')}>
          {asset.unit ? <Link to={unitPath(asset.unit)}>{asset.unit_name}</Link> : missing}
        </Pair>
        {IDENTIFIERS.filter((kind) => kind === 'addresses' || asset[kind].length > 0).map((kind) => (
          <Pair key={kind} name={t(`register.member.${kind}`)}>
            <span className="asset-identifiers">
              {asset[kind].length === 0 && missing}
              {asset[kind].map((value) => (
                <Identifier key={value} kind={kind} value={value} />
              ))}
            </span>
          </Pair>
        ))}
        <Pair name={t('register.member.purpose')}>{asset.purpose ?? missing}</Pair>
        {asset.mlps_number && <Pair name={t('register.member.mlps_number')}>{asset.mlps_number}</Pair>}
        {asset.note && <Pair name={t('register.member.note')}>{asset.note}</Pair>}
        <Pair name={t('asset.validSince')}>
          <Time value={asset.valid_from} />
          {' '}
          {t('register.to')} {asset.valid_to ? <Time value={asset.valid_to} /> : t('register.open')}
        </Pair>
      </dl>
    </Panel>
  );
}
