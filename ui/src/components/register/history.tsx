// SPDX-License-Identifier: Apache-2.0
// Every statement that was made of a thing: who, when, about which time, and what it changed. What changed is the
// thing as known right after and right before, which the register answers for any two times.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Kind, useStates, useUnits } from '../../api/assets-queries';
import { type Difference, differences, justBefore, NOW, type RegisterChange } from '../../lib/register';
import { Panel } from '../panel';
import { Time } from '../time';

const SHOWN = 8;

function useValueText() {
  const { t } = useTranslation();
  const { data } = useUnits(NOW);
  return ({ member }: Difference, value: unknown): string => {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('register.nothing');
    if (Array.isArray(value)) return value.join(t('common.comma'));
    if (member === 'unit' || member === 'parent')
      return value === 0 ? t('register.nothing') : (data?.items.find(({ id }) => id === value)?.name ?? `#${value}`);
    if (member === 'life') return t(`register.life.${value}` as 'register.life.zombie');
    if (member === 'exposure') return t(`register.exposure.${value}` as 'register.exposure.campus');
    if (member === 'criticality') return t(`register.criticality.${value}` as 'register.criticality.low');
    if (member === 'mlps_level') return t(`register.mlps.${value}` as 'register.mlps.0');
    return String(value);
  };
}

const MEMBERS = [
  'name', 'kind', 'unit', 'addresses', 'hosts', 'domains', 'urls', 'macs', 'purpose', 'exposure', 'mlps_level',
  'mlps_number', 'criticality', 'life', 'note', 'code', 'parent', 'number', 'phone', 'mail', 'person', 'duty', 'asset',
] as const;
type Member = (typeof MEMBERS)[number];
const isMember = (name: string): name is Member => (MEMBERS as readonly string[]).includes(name);

function What({ kind, id, change }: { kind: Kind; id: number; change: RegisterChange }) {
  const { t } = useTranslation();
  const textOf = useValueText();
  const at = change.valid_from;
  const [before, after] = useStates(kind, id, [
    { at, known: justBefore(change.at) },
    { at, known: change.at },
  ]);
  if (before?.data === undefined || after?.data === undefined)
    return before?.error || after?.error ? <span className="muted">{t('register.changeUnknown')}</span> : null;
  const found = differences(before.data ?? undefined, after.data ?? undefined).filter(({ member }) => isMember(member));
  if (!before.data || found.length === 0) return null;
  return (
    <dl className="register-diff">
      {found.map((difference) => (
        <div key={difference.member}>
          <dt>{t(`register.member.${difference.member as Member}`)}</dt>
          <dd>
            <del>{textOf(difference, difference.before)}</del>
            <span aria-hidden> → </span>
            <ins>{textOf(difference, difference.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Entry({ kind, id, change }: { kind: Kind; id: number; change: RegisterChange }) {
  const { t } = useTranslation();
  return (
    <li>
      <div className="register-change">
        <b>{t(`register.action.${change.past && change.action !== 'add' ? 'correction' : change.action}`)}</b>
        <span>{change.by}</span>
        <span className="muted">{t('register.recorded')}</span>
        <Time value={change.at} />
        <span className="muted">{t('register.valid')}</span>
        <Time value={change.valid_from} />
        <span className="muted">{t('register.to')}</span>
        {change.valid_to ? <Time value={change.valid_to} /> : <span>{t('register.open')}</span>}
      </div>
      {change.reason && <p className="register-reason">{t('register.because', { reason: change.reason })}</p>}
      {(change.action === 'update' || change.action === 'span') && <What kind={kind} id={id} change={change} />}
    </li>
  );
}

export function History({ kind, id, changes }: { kind: Kind; id: number; changes: readonly RegisterChange[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, SHOWN);
  return (
    <Panel title={t('register.history')} extra={<span className="muted">{t('register.historyHint')}</span>}>
      <ol className="register-history" data-testid="history">
        {shown.map((change) => (
          <Entry key={`${change.version}-${change.at}`} kind={kind} id={id} change={change} />
        ))}
      </ol>
      {shown.length < changes.length && (
        <Button type="text" block onClick={() => setAll(true)}>
          {t('register.allChanges', { count: changes.length })}
        </Button>
      )}
    </Panel>
  );
}
