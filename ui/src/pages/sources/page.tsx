// SPDX-License-Identifier: Apache-2.0
// Who sends logs: what is talking, how much, how late, how well understood; and when nobody could be heard.
import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Input, Segmented } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Source, type SourceState, useSources, useSourceSpans } from '../../api/sources-queries';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { blindSeconds, GROUPINGS, isWanting, nameOf, SOURCE_STATES } from '../../lib/sources';
import { flag, list, text, useUrlState } from '../../lib/url-state';
import { DAYS, Heat } from './heat';
import { StatementPanel } from './statement';
import { SourceTable } from './table';
import { Totals } from './totals';
import '../../styles/sources.css';

const STATE = {
  state: list<SourceState>(SOURCE_STATES),
  group: list(GROUPINGS, ['none']),
  days: list(['1', '7', '30', '180'], ['30']),
  q: text(),
  wanting: flag,
};

function fits(source: Source, states: readonly SourceState[], words: string, wanting: boolean): boolean {
  if (states.length > 0 && !states.includes(source.state)) return false;
  if (wanting && !isWanting(source)) return false;
  const { peer, listener, asset, name } = source;
  const all = [nameOf(source), peer, source.source, listener, name, asset?.unit_name].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function NoSource() {
  const { t } = useTranslation();
  return (
    <Empty title={t('sources.none')} hint={t('sources.noneHint')}>
      <Link to="/sources/add">
        <Button type="primary">{t('sources.add')}</Button>
      </Link>
    </Empty>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const { data, error, refetch, isPending } = useSources();
  const days = DAYS.find((value) => String(value) === state.days[0]) ?? 30;
  const spans = useSourceSpans(days);
  const grouping = state.group[0] ?? 'none';
  const shown = useMemo(
    () => (data?.items ?? []).filter((source) => fits(source, state.state, state.q, state.wanting === true)),
    [data, state.state, state.q, state.wanting],
  );
  const blind = spans.data && blindSeconds(spans.data);
  return (
    <>
      <PageHead title={t('sources.title')} hint={t('sources.hint')} help="connect-devices">
        <SavedViews page="sources" />
        <Link to="/sources/unknown">
          <Button>{t('sources.unknown')}</Button>
        </Link>
        <Link to="/sources/add" data-testid="to-add">
          <Button type="primary" icon={<PlusOutlined />}>
            {t('sources.add')}
          </Button>
        </Link>
      </PageHead>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <Totals
        totals={data?.totals}
        chosen={state.state}
        onChoose={(states) => change({ state: states })}
        blind={blind}
        days={days}
      />
      <search className="filters">
        <Input
          className="filter-text"
          allowClear
          value={state.q}
          maxLength={200}
          placeholder={t('sources.filter')}
          aria-label={t('sources.filter')}
          onChange={(event) => change({ q: event.target.value })}
        />
        <Segmented
          aria-label={t('sources.group')}
          value={grouping}
          options={GROUPINGS.map((value) => ({ value, label: t(`sources.grouping.${value}`) }))}
          onChange={(value) => change({ group: [value] })}
        />
        <Checkbox checked={state.wanting === true} onChange={(event) => change({ wanting: event.target.checked || undefined })} data-testid="only-wanting">
          {t('sources.wanting')}
        </Checkbox>
      </search>
      {data?.more && <Alert type="info" showIcon title={t('sources.more')} />}
      {data && data.items.length === 0 ? (
        <NoSource />
      ) : (
        <SourceTable sources={shown} grouping={grouping} loading={isPending} from={data?.from ?? ''} empty={t('sources.noMatch')} />
      )}
      <div className="source-below">
        <Heat sources={shown} spans={spans.data} days={days} onDays={(value) => change({ days: [String(value) as '1'] })} />
        <StatementPanel days={days} />
      </div>
    </>
  );
}
