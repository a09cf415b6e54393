// SPDX-License-Identifier: Apache-2.0
// Why a correlation came true: what was counted, for which key, over which time, and the events it was made of.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRuleTitle } from '../../components/rule-title';
import { Time } from '../../components/time';
import type { ValueActions } from '../../components/value-link';
import { formatCount, formatDuration } from '../../lib/format';
import { kqlAny, kqlTerm } from '../../lib/kql';
import { rangeOf } from '../../lib/time';
import { alertsPath, eventsPath } from '../../lib/url-state';
import type { Correlation as Facts } from '../../lib/why';

const AROUND_MS = 86_400_000;

/** The events are found by their numbers; the range is wide, since a source's clock may be wrong. */
function searchFor({ window }: Facts): ValueActions['search'] {
  const from = Date.parse(window.from) - AROUND_MS;
  const to = Date.parse(window.to) + AROUND_MS;
  return (q) => eventsPath({ ...rangeOf(from, to), q });
}

const SIGNS: Record<string, string> = { gte: '≥', gt: '>', lte: '≤', lt: '<', eq: '=', neq: '≠' };

/** "20 gte 20" as people read it. */
const inSigns = (text: string) => text.replace(/\b(gte|gt|lte|lt|eq|neq)\b/g, (word) => SIGNS[word] ?? word);

function Rules({ facts }: { facts: Facts }) {
  const { t, i18n } = useTranslation();
  const titleOf = useRuleTitle();
  return (
    <table className="why" data-testid="counted">
      <thead>
        <tr>
          <th className="counted">{t('correlation.events')}</th>
          <th>{t('alerts.rule')}</th>
        </tr>
      </thead>
      <tbody>
        {facts.rules.map(({ id, title, title_zh, count }) => (
          <tr key={`${id}${title}`}>
            <td className="number">{formatCount(count, i18n.language)}</td>
            <td>{id ? <Link to={alertsPath({ rule: id })}>{titleOf(title, title_zh)}</Link> : title}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ facts }: { facts: Facts }) {
  const { t, i18n } = useTranslation();
  const search = searchFor(facts);
  return (
    <dl className="pairs">
      {facts.group.map(({ field, value }) => (
        <div key={field}>
          <dt className="mono">{field}</dt>
          <dd className="mono">
            <Link className="value" to={search(kqlTerm(field, value))}>
              {value}
            </Link>
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('correlation.window')}</dt>
        <dd>
          <Time value={facts.window.from} /> – <Time value={facts.window.to} />{' '}
          <span className="muted">
            {t('correlation.atMost', { span: formatDuration(facts.timespan, i18n.language) })}
          </span>
        </dd>
      </div>
      {facts.fields.length > 0 && (
        <div>
          <dt>{t('correlation.fields')}</dt>
          <dd className="mono">{facts.fields.join(t('common.comma'))}</dd>
        </div>
      )}
      {(facts.evaluated || facts.condition) && (
        <div>
          <dt>{t('correlation.condition')}</dt>
          <dd className="mono" data-testid="evaluated">
            {facts.evaluated ? inSigns(facts.evaluated) : facts.condition}
          </dd>
        </div>
      )}
    </dl>
  );
}

function Events({ facts }: { facts: Facts }) {
  const { t } = useTranslation();
  const search = searchFor(facts);
  if (facts.samples.length === 0) return null;
  return (
    <p className="samples" data-testid="samples">
      <span className="muted">{t('correlation.samples')}</span>
      {facts.samples.map((seq) => (
        <Link key={seq} className="mono value" to={search(`seq: ${seq}`)}>
          {seq}
        </Link>
      ))}
      {facts.samples.length > 1 && (
        <Link to={search(kqlAny('seq', facts.samples.map(Number)))}>{t('correlation.allSamples')}</Link>
      )}
    </p>
  );
}

const TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'new_terms',
] as const;

export function Correlation({ facts }: { facts: Facts }) {
  const { t } = useTranslation();
  const type = TYPES.find((name) => name === facts.type);
  return (
    <section data-testid="correlation">
      <h3>{t('alert.why')}</h3>
      {type && <p>{t(`correlation.type.${type}`)}</p>}
      <Facts facts={facts} />
      <Rules facts={facts} />
      <Events facts={facts} />
      {facts.uncertain && <p className="muted">{t('correlation.uncertain')}</p>}
    </section>
  );
}
