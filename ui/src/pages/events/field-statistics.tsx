// SPDX-License-Identifier: Apache-2.0
// One field of the result: how many events have it, its range, and its most frequent values, each to go on from.
import { MinusCircleOutlined, PlusCircleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useStatistics } from '../../api/hunt-queries';
import type { EventSearch } from '../../api/queries';
import type { FieldStatistics as Statistics, ValueCount } from '../../api/types';
import { Loaded } from '../../components/loaded';
import { type ValueActions, ValueLink } from '../../components/value-link';
import { formatCount } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { localTime } from '../../lib/time';

interface Props {
  name: string;
  search: EventSearch;
  actions: ValueActions;
}

const percent = (part: number, whole: number, language: string) =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(
    whole === 0 ? 0 : part / whole,
  );

const isDate = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text);
const shown = (text: string) => (isDate(text) ? localTime(text) : text);

function Value({ name, item, present, actions }: { name: string; item: ValueCount; present: number; actions: ValueActions }) {
  const { t, i18n } = useTranslation();
  const { value, count } = item;
  const term = kqlTerm(name, value);
  return (
    <li>
      <div className="stat-value">
        <span className="mono grow ellipsis" title={value}>
          <ValueLink name={name} value={value} actions={actions} />
        </span>
        <span className="number muted" title={formatCount(count, i18n.language)}>
          {percent(count, present, i18n.language)}
        </span>
        <Button
          type="text"
          size="small"
          icon={<PlusCircleOutlined />}
          aria-label={t('events.includeValue', { value })}
          title={t('value.include')}
          onClick={() => actions.include?.(term)}
        />
        <Button
          type="text"
          size="small"
          icon={<MinusCircleOutlined />}
          aria-label={t('events.excludeValue', { value })}
          title={t('value.exclude')}
          onClick={() => actions.exclude?.(term)}
        />
      </div>
      <div className="stat-bar">
        <span style={{ width: `${(100 * count) / Math.max(1, present)}%` }} />
      </div>
    </li>
  );
}

function Facts({ statistics }: { statistics: Statistics }) {
  const { t, i18n } = useTranslation();
  const { events, present, distinct, min, max, sampled } = statistics;
  const count = (n: number) => formatCount(n, i18n.language);
  return (
    <p className="muted stat-facts">
      <span>{t('events.exists', { share: percent(present, events, i18n.language) })}</span>
      <span>{t('events.distinct', { value: count(distinct) })}</span>
      {min !== undefined && max !== undefined && (
        <span>{t('events.minMax', { min: shown(min), max: shown(max) })}</span>
      )}
      {sampled && <span>{t('events.sampled', { value: count(events) })}</span>}
    </p>
  );
}

export function FieldStatistics({ name, search, actions }: Props) {
  const { t } = useTranslation();
  const query = useStatistics(search, name);
  return (
    <div className="field-statistics" data-testid="field-statistics">
      <Loaded query={query} rows={3}>
        {(statistics) => (
          <>
            <Facts statistics={statistics} />
            <ul>
              {statistics.values.map((item) => (
                <Value key={item.value} name={name} item={item} present={statistics.present} actions={actions} />
              ))}
            </ul>
            {statistics.values.length === 0 && <p className="muted">{t('events.noValues')}</p>}
          </>
        )}
      </Loaded>
    </div>
  );
}
