// SPDX-License-Identifier: Apache-2.0
// The duty log: what was done and seen, line by line; lines never change.
import { Button, Input, Radio, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type DutyLine, useAddLine, useDutyLog } from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { TimeRange } from '../../components/time-range';
import { useDone } from '../../components/use-done';
import { incidentPath } from '../../lib/links';
import { list, time, useUrlState } from '../../lib/url-state';

const KINDS = ['note', 'patrol', 'handover', 'takeover', 'swap', 'escalation', 'report'] as const;
type Kind = (typeof KINDS)[number];
const STATE = { from: time('-7d'), to: time('now'), kind: list<Kind>(KINDS) };
const TEXT_MAX = 4000;

function AddLine() {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const add = useAddLine();
  const [kind, setKind] = useState<'note' | 'patrol'>('note');
  const [text, setText] = useState('');
  const onAdd = () =>
    add.mutate(
      { kind, text: text.trim() },
      {
        onSuccess: () => {
          setText('');
          done(t('duty.log.added'));
        },
        onError: failed,
      },
    );
  return (
    <form
      className="log-add panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) onAdd();
      }}
    >
      <Radio.Group
        value={kind}
        onChange={(event) => setKind(event.target.value)}
        aria-label={t('duty.log.kind')}
        options={(['note', 'patrol'] as const).map((value) => ({ value, label: t(`duty.line.${value}`) }))}
        optionType="button"
      />
      <Input.TextArea
        rows={2}
        maxLength={TEXT_MAX}
        value={text}
        aria-label={t('duty.log.text')}
        placeholder={t(`duty.log.hint.${kind}`)}
        onChange={(event) => setText(event.target.value)}
        data-testid="log-text"
      />
      <Button type="primary" htmlType="submit" disabled={!text.trim()} loading={add.isPending} data-testid="log-add">
        {t('duty.log.add')}
      </Button>
    </form>
  );
}

function LineText({ line }: { line: DutyLine }) {
  const { t } = useTranslation();
  if (line.kind === 'escalation' && line.about)
    return (
      <>
        {line.text} <Link to={incidentPath(line.about)}>{t('duty.log.toIncident')}</Link>
      </>
    );
  if (line.kind === 'report' && line.about)
    return (
      <>
        {line.text} <Link to={`/duty/reports/${line.about}`}>{t('duty.log.toReport')}</Link>
      </>
    );
  return <>{line.text}</>;
}

function Lines({ lines }: { lines: readonly DutyLine[] }) {
  const { t } = useTranslation();
  return (
    <div className="table-box">
      <table className="plain plain-lined plain-wide" data-testid="log">
        <thead>
          <tr>
            <th>{t('common.time')}</th>
            <th>{t('duty.log.kind')}</th>
            <th>{t('duty.log.by')}</th>
            <th>{t('duty.log.text')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td>
                <Time value={line.time} />
              </td>
              <td className="nowrap">{t(`duty.line.${line.kind}`)}</td>
              <td className="nowrap">{line.by || t('duty.log.platform')}</td>
              <td className="log-text">
                <LineText line={line} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function LogPart() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const query = useDutyLog(state);
  const may = useMay('duty.change');
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const lines = useMemo(() => {
    const all = data?.pages.flatMap(({ items }) => items) ?? [];
    return state.kind.length === 0 ? all : all.filter(({ kind }) => state.kind.includes(kind));
  }, [data, state.kind]);
  return (
    <>
      {may && <AddLine />}
      <search className="filters">
        <Select<Kind[]>
          mode="multiple"
          className="filter-status"
          value={[...state.kind]}
          options={KINDS.map((value) => ({ value, label: t(`duty.line.${value}`) }))}
          placeholder={t('duty.log.kind')}
          aria-label={t('duty.log.kind')}
          maxTagCount="responsive"
          onChange={(kind) => change({ kind })}
        />
        <span className="grow" />
        <TimeRange value={state} onChange={change} />
      </search>
      <Loaded
        query={query}
        isEmpty={() => lines.length === 0}
        empty={<Empty title={t('duty.log.none')} hint={t('duty.log.noneHint')} />}
      >
        {() => <Lines lines={lines} />}
      </Loaded>
      {hasNextPage && (
        <Button block type="text" onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}
