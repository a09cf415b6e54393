// SPDX-License-Identifier: Apache-2.0
// SQL for those who may: one SELECT over the tables of events. The query is in the address, to be shared; it is never
// run by opening an address.
import { CaretRightOutlined, StopOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, isTemporary } from '../../api/errors';
import { useSql } from '../../api/hunt-queries';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { indexOfColumn } from '../../lib/kql';
import { addRecent, recentOf } from '../../lib/recent';
import { text as textCodec, useUrlState } from '../../lib/url-state';
import { Result } from './result';
import { TableList } from './table-list';
import '../../styles/events.css';
import '../../styles/sql.css';

const SQL_STATE = { q: textCodec() };
const LENGTH_MAX = 8192;
const ROWS = 9;

/** What the server says about it, with the line it means. */
function Mistake({ query, error }: { query: string; error: ApiError }) {
  const { t } = useTranslation();
  const { line = 1, column } = error;
  const text = query.split('\n')[line - 1] ?? '';
  const at = column === undefined ? undefined : indexOfColumn(text, column);
  return (
    <div className="query-mistake" role="alert" data-testid="sql-mistake">
      {at !== undefined && (
        <>
          <span className="muted">{t('sql.mistake', { line, column: at + 1 })}</span>
          <code>
            {text.slice(0, at)}
            <mark>{/^[\w.]+|^./.exec(text.slice(at))?.[0] ?? ' '}</mark>
            {text.slice(at + (/^[\w.]+|^./.exec(text.slice(at))?.[0].length ?? 0))}
          </code>
        </>
      )}
      <span className="sql-words">{error.message}</span>
    </div>
  );
}

/** One run at a time; the old answer stays until the new one is there. */
function useRuns() {
  const { mutate, data, error, isPending, reset } = useSql();
  const [ran, setRan] = useState('');
  const [stopped, setStopped] = useState(false);
  const [recent, setRecent] = useState(() => recentOf('sql.recent'));
  const controller = useRef<AbortController>(undefined);
  const run = (query: string) => {
    controller.current?.abort();
    controller.current = new AbortController();
    setRan(query);
    setStopped(false);
    addRecent('sql.recent', query);
    setRecent(recentOf('sql.recent'));
    mutate({ query, signal: controller.current.signal });
  };
  const stop = () => {
    controller.current?.abort();
    reset();
    setStopped(true);
  };
  useEffect(() => () => controller.current?.abort(), []);
  return { run, stop, ran, stopped, recent, answer: data, error, running: isPending };
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(SQL_STATE);
  const [sql, setSql] = useState(state.q);
  const area = useRef<TextAreaRef>(null);
  const { run, stop, ran, stopped, recent, answer, error, running } = useRuns();
  useEffect(() => setSql(state.q), [state.q]);

  const submit = () => {
    if (sql.trim() === '') return;
    change({ q: sql });
    run(sql);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  const insert = (name: string) => {
    const element = area.current?.resizableTextArea?.textArea;
    const at = element?.selectionStart ?? sql.length;
    const before = sql.slice(0, at);
    const glue = before === '' || /[\s(,.]$/.test(before) ? '' : ' ';
    setSql(before + glue + name + sql.slice(element?.selectionEnd ?? at));
    const caret = at + glue.length + name.length;
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(caret, caret);
    });
  };
  return (
    <div className="sql">
      <PageHead title={t('nav.sql')} hint={t('sql.hint')} help="daily-work#sql" />
      <div className="sql-body">
        <TableList recent={recent} onInsert={insert} onUse={setSql} />
        <div className="sql-main">
          <Input.TextArea
            ref={area}
            className="mono"
            rows={ROWS}
            value={sql}
            maxLength={LENGTH_MAX}
            spellCheck={false}
            autoFocus
            placeholder="SELECT event_dataset, count() AS n FROM events GROUP BY event_dataset ORDER BY n DESC"
            aria-label={t('sql.query')}
            onChange={({ target }) => setSql(target.value)}
            onKeyDown={press}
            data-testid="sql-query"
          />
          <div className="sql-actions">
            {running ? (
              <Button icon={<StopOutlined />} onClick={stop} data-testid="sql-stop">
                {t('sql.stop')}
              </Button>
            ) : (
              <Button type="primary" icon={<CaretRightOutlined />} onClick={submit} data-testid="sql-run">
                {t('sql.run')}
              </Button>
            )}
            <span className="muted">{t('sql.keys')}</span>
            <span className="grow" />
            <span className="muted">{t('sql.limits')}</span>
          </div>
          {stopped && <p className="muted">{t('sql.stopped')}</p>}
          {error instanceof ApiError && error.status === 400 && <Mistake query={ran} error={error} />}
          {error && (isTemporary(error) || !(error instanceof ApiError) || error.status !== 400) ? (
            <ErrorNotice error={error} onRetry={submit} />
          ) : null}
          {answer && !error && <Result answer={answer} />}
          {!answer && !error && !running && !stopped && <p className="muted sql-first">{t('sql.first')}</p>}
        </div>
      </div>
    </div>
  );
}
