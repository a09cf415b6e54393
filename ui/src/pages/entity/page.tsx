// SPDX-License-Identifier: Apache-2.0
// Everything about an address, an account, a host, a hash or a domain. Each part is one question of its own, so that
// the page fills as answers come and what fails says so alone; each leads to the search that proves it.
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { CopyButton } from '../../components/copy-button';
import { Empty } from '../../components/empty';
import { TimeRange } from '../../components/time-range';
import { ENTITIES, entityQuery } from '../../lib/entity';
import { ENTITY_KINDS, type EntityKind } from '../../lib/links';
import { eventsPath, useUrlState } from '../../lib/url-state';
import { Activity, Newest } from './activity';
import { Concerns } from './concerns';
import { Identity } from './identity';
import { Peers } from './peers';
import { ENTITY_STATE } from './state';
import '../../styles/entity.css';

const isKind = (text: string | undefined): text is EntityKind =>
  (ENTITY_KINDS as readonly (string | undefined)[]).includes(text);

function Entity({ kind, value }: { kind: EntityKind; value: string }) {
  const { t } = useTranslation();
  const [range, change] = useUrlState(ENTITY_STATE);
  const { from, to } = range;
  const search = useMemo(
    () => ({ from, to, q: entityQuery(ENTITIES[kind].fields, value) }),
    [from, to, kind, value],
  );
  return (
    <div className="entity" data-testid="entity">
      <div className="page-head">
        <span className="muted">{t(`entity.kind.${kind}`)}</span>
        <h1 className="mono entity-name">{value}</h1>
        <CopyButton text={value} />
        <Link to={eventsPath(search)}>
          <Button size="small">{t('entity.toEvents')}</Button>
        </Link>
        <span className="grow" />
        <TimeRange value={range} onChange={change} />
      </div>
      <div className="entity-grid">
        <Activity search={search} />
        <Identity kind={kind} value={value} search={search} />
        <Concerns value={value} range={range} />
        {ENTITIES[kind].peers.map((panel) => (
          <Peers key={panel.id} panel={panel} value={value} range={range} />
        ))}
        <Newest search={search} />
      </div>
    </div>
  );
}

export function Component() {
  const { t } = useTranslation();
  const { kind, value } = useParams();
  if (!isKind(kind) || !value)
    return <Empty title={t('entity.unknown')} hint={t('entity.unknownHint')} />;
  return <Entity key={`${kind}/${value}`} kind={kind} value={value} />;
}
