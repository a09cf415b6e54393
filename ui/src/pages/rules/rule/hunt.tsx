// SPDX-License-Identifier: Apache-2.0
// A rule held against the past: progress, what it would have matched, and its own tests.
import { Alert, App, Button, Progress, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  type HuntWanted,
  type RuleHunt,
  type RuleHuntMatch,
  useEndHunt,
  useRuleHunt,
  useStartHunt,
} from '../../../api/rules-queries';
import { Time } from '../../../components/time';
import { formatCount } from '../../../lib/format';
import { rangeOf } from '../../../lib/time';
import { eventsPath } from '../../../lib/url-state';
import { readWhy } from '../../../lib/why';
import { useRuleError } from '../use-rule-error';

const DAYS = [1, 7, 30, 90];
const AROUND_MS = 86_400_000;

const isRunning = (hunt: RuleHunt | undefined) => !hunt || hunt.state === 'waiting' || hunt.state === 'running';

/** One hunt at a time: started, followed, ended when the page is left. */
export function useHunt() {
  const { message } = App.useApp();
  const errorText = useRuleError();
  const [id, setId] = useState<string>();
  const start = useStartHunt();
  const end = useEndHunt();
  const { data, error } = useRuleHunt(id);
  const begin = (wanted: HuntWanted) =>
    start.mutateAsync(wanted).then(
      (answer) => setId(answer.id),
      (failure) => {
        message.error(errorText(failure));
      },
    );
  const stop = () => {
    if (id) end.mutate(id);
    setId(undefined);
  };
  return { id, hunt: id ? data : undefined, error, begin, stop, running: id !== undefined && isRunning(data) };
}

/** What the rule matched, as far as it is not shown anyway. */
function Why({ match }: { match: RuleHuntMatch }) {
  const known = new Set(match.fields.map(({ value }) => value));
  const shown = readWhy(match.why ?? {})
    .filter(({ value }) => !known.has(value))
    .slice(0, 2)
    .map(({ field, value }) => `${field}: ${value}`);
  return <span className="mono muted">{shown.join('  ')}</span>;
}

function eventOf({ seq, time }: RuleHuntMatch): string {
  const at = Date.parse(time);
  return eventsPath({ ...rangeOf(at - AROUND_MS, at + AROUND_MS), q: `seq: ${seq}` });
}

function Matches({ hunt }: { hunt: RuleHunt }) {
  const { t } = useTranslation();
  const { items = [], excepted = 0 } = hunt;
  if (items.length === 0) return null;
  return (
    <div className="table-box scroll-x">
      <table className="plain-table" data-testid="matches">
        <thead>
          <tr>
            <th>{t('common.time')}</th>
            <th>{t('rules.event')}</th>
            <th>{t('rules.dataset')}</th>
            <th>{t('rules.fields')}</th>
            {excepted > 0 && <th>{t('rules.exception')}</th>}
          </tr>
        </thead>
        <tbody>
          {items.map((match) => (
            <tr key={`${match.seq}${match.time}`} className={match.excepted ? 'is-excepted' : undefined}>
              <td>
                <Time value={match.time} />
              </td>
              <td>
                <Link className="mono" to={eventOf(match)}>
                  {match.seq}
                </Link>
              </td>
              <td className="mono">{match.source}</td>
              <td className="wrap">
                {match.fields.map(({ field, value }) => (
                  <span key={field} className="mono pair">
                    <span className="muted">{field}</span> {value}
                  </span>
                ))}{' '}
                <Why match={match} />
              </td>
              {excepted > 0 && <td>{match.excepted ? t('rules.excepted') : ''}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OwnTests({ hunt }: { hunt: RuleHunt }) {
  const { t } = useTranslation();
  const { tests = [] } = hunt;
  if (tests.length === 0) return null;
  const failed = tests.filter(({ passed }) => !passed);
  return (
    <section className="own-tests" data-testid="own-tests">
      <h3>
        {failed.length === 0
          ? t('rules.testsPass', { value: tests.length })
          : t('rules.testsFail', { failed: failed.length, value: tests.length })}
      </h3>
      <ul>
        {tests.map(({ name, passed, expected, line }) => (
          <li key={`${line}${name}`}>
            <span className={passed ? 'good' : 'bad'}>{t(passed ? 'rules.passed' : 'rules.failed')}</span> {name}{' '}
            <span className="muted">{t(expected ? 'rules.shouldMatch' : 'rules.shouldNot')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Outcome({ hunt }: { hunt: RuleHunt }) {
  const { t, i18n } = useTranslation();
  const number = (n: number | undefined) => formatCount(n ?? 0, i18n.language);
  const { state, matches, excepted = 0, items = [] } = hunt;
  if (state === 'failed') return <Alert type="error" showIcon title={t('rules.huntFailed')} description={hunt.reason} />;
  return (
    <>
      <p className="hunt-sum" data-testid="hunt-sum">
        {t('rules.huntMatches', { value: number(matches) })}
        {excepted > 0 && t('rules.huntExcepted', { value: number(excepted), left: number((matches ?? 0) - excepted) })}
      </p>
      {state === 'late' && <Alert type="warning" showIcon title={t('rules.huntLate')} />}
      {(hunt.gone ?? 0) > 0 && <p className="muted">{t('rules.huntGone', { value: number(hunt.gone) })}</p>}
      {items.length < (matches ?? 0) && <p className="muted">{t('rules.huntFirst', { value: items.length })}</p>}
    </>
  );
}

export function HuntResult({ hunt, running }: { hunt: RuleHunt | undefined; running: boolean }) {
  const { t } = useTranslation();
  const percent = hunt?.total ? Math.floor(((hunt.done ?? 0) / hunt.total) * 100) : 0;
  return (
    <div className="hunt" data-testid="hunt" data-state={hunt?.state ?? 'waiting'}>
      {running && (
        <div className="hunt-progress" role="status">
          <span>{t(hunt?.state === 'running' ? 'rules.huntRunning' : 'rules.huntWaiting')}</span>
          <Progress percent={percent} size="small" status="active" aria-label={t('rules.huntRunning')} />
        </div>
      )}
      {hunt && hunt.state !== 'waiting' && (
        <>
          <Outcome hunt={hunt} />
          <OwnTests hunt={hunt} />
          <Matches hunt={hunt} />
        </>
      )}
    </div>
  );
}

interface Props {
  /** What is to be tested, as it stands now. */
  text: string;
  rule?: string;
  ready: boolean;
  /** What comes next, once it is known what the rule finds. */
  children?: React.ReactNode;
}

export function HuntPanel({ text, rule, ready, children }: Props) {
  const { t } = useTranslation();
  const [days, setDays] = useState(7);
  const { hunt, id, begin, stop, running } = useHunt();
  const [tested, setTested] = useState('');
  useEffect(() => {
    if (!id) setTested('');
  }, [id]);
  const run = () => {
    setTested(text);
    begin({ text, rule, days });
  };
  return (
    <section className="hunt-panel">
      <div className="hunt-bar">
        <Select
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({ value, label: t('rules.pastDays', { count: value }) }))}
          aria-label={t('rules.span')}
        />
        <Button type="primary" onClick={run} disabled={!ready || running} data-testid="hunt-start">
          {t('rules.huntStart')}
        </Button>
        {running && (
          <Button onClick={stop} data-testid="hunt-stop">
            {t('rules.huntStop')}
          </Button>
        )}
        {!ready && <span className="muted">{t('rules.huntNotReady')}</span>}
        <span className="grow" />
        {children}
      </div>
      {!id && <p className="muted">{t('rules.huntHint')}</p>}
      {id && tested !== text && <Alert type="info" showIcon title={t('rules.huntOld')} />}
      {id && <HuntResult hunt={hunt} running={running} />}
    </section>
  );
}
