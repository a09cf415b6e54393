// SPDX-License-Identifier: Apache-2.0
// Who is on duty, what runs against the clock, and whether all sources are heard.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useDutyNow, type Shift, type Situation } from '../../api/situation-queries';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { overduePath } from '../../lib/situation';
import { localTime } from '../../lib/time';

function Person({ shift }: { shift: Shift }) {
  const { t } = useTranslation();
  return (
    <li>
      <span className="muted">{t(`watch.place.${shift.place}`)}</span>
      <Link to="/duty" className="watch-name">
        {shift.name}
      </Link>
      {shift.phone && <span className="number">{shift.phone}</span>}
      <span className="grow" />
      <span className="muted">{t('watch.until', { time: localTime(shift.to).slice(5, 16) })}</span>
    </li>
  );
}

export function Duty() {
  const { t } = useTranslation();
  const { data } = useDutyNow();
  return (
    <Panel title={t('watch.duty')} extra={<Link to="/duty">{t('watch.roster')}</Link>}>
      {data && data.now.length === 0 && <p className="overdue">{t('watch.nobody')}</p>}
      <ul className="watch-list">
        {data?.now.map((shift) => (
          <Person key={shift.id} shift={shift} />
        ))}
      </ul>
    </Panel>
  );
}

interface Line {
  key: 'reports' | 'rectifications' | 'tasks';
  open: number;
  overdue: number;
  to: string;
}

export function Clocks({ now }: { now: Situation }) {
  const { t, i18n } = useTranslation();
  const number = (n: number) => formatCount(n, i18n.language);
  const lines: Line[] = [
    { key: 'reports', ...now.reports, to: '/reports' },
    { key: 'rectifications', ...now.rectifications, to: '/rectifications' },
    { key: 'tasks', ...now.tasks, to: '/incidents' },
  ];
  return (
    <Panel title={t('watch.clocks')}>
      <ul className="watch-list">
        {lines.map(({ key, open, overdue, to }) => (
          <li key={key}>
            <span className="grow">{t(`watch.${key}`)}</span>
            <Link to={to}>{t('watch.running', { number: number(open) })}</Link>
            {overdue > 0 ? (
              <Link to={overduePath(key === 'rectifications' ? key : 'incidents')} className="overdue">
                {t('watch.overdue', { number: number(overdue) })}
              </Link>
            ) : (
              <span className="muted">{t('watch.inTime')}</span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const STATES = ['talking', 'silent', 'blind'] as const;
const SOURCES_OF = { talking: '/sources?state=talking', silent: '/sources?state=silent', blind: '/sources?wanting=true' };

export const talking = ({ coverage }: Situation) =>
  Math.max(0, coverage.sources - coverage.silent - coverage.blind);

/** Three numbers and a strip of their shares. */
export function Sources({ now }: { now: Situation }) {
  const { t, i18n } = useTranslation();
  const { coverage } = now;
  const counts = { talking: talking(now), silent: coverage.silent, blind: coverage.blind };
  return (
    <Panel title={t('watch.sources')} extra={<Link to="/sources">{t('watch.allSources')}</Link>}>
      {coverage.down && <p className="overdue">{t('watch.down')}</p>}
      {!coverage.down && coverage.sources === 0 && <p className="muted">{t('watch.noSources')}</p>}
      <div className="strip" aria-hidden>
        {STATES.filter((state) => counts[state] > 0).map((state) => (
          <span key={state} className={`strip-${state}`} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
      <dl className="watch-counts">
        {STATES.map((state) => (
          <div key={state} title={t(`watch.${state}Hint`)}>
            <dt>
              <span className={`tip-mark strip-${state}`} />
              {t(`watch.${state}`)}
            </dt>
            <dd className="number">
              <Link to={SOURCES_OF[state]}>{formatCount(counts[state], i18n.language)}</Link>
              {state === 'silent' && coverage.acknowledged > 0 && (
                <span className="muted"> {t('watch.acknowledged', { number: formatCount(coverage.acknowledged, i18n.language) })}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
