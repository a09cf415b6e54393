// SPDX-License-Identifier: Apache-2.0
// The situation: one sentence, then how it came about, then where to look.
import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { useOverview } from '../../api/queries';
import type { Overview } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { TimeRange } from '../../components/time-range';
import type { Range } from '../../lib/time';
import { OVERVIEW_STATE, useUrlState } from '../../lib/url-state';
import { Breakdown } from './breakdown';
import { FirstSteps } from './first-steps';
import { Situation } from './situation';
import { TacticChain } from './tactic-chain';
import { Timeline } from './timeline';

const isEmpty = ({ events_total, alerts_total, store_reachable }: Overview) =>
  events_total + alerts_total === 0 && store_reachable !== false;

function Content({ range }: { range: Range }) {
  const { data, error, refetch } = useOverview(range);
  if (error && !data) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!data) return <Skeleton active paragraph={{ rows: 12 }} />;
  return (
    <>
      <Situation overview={data} range={range} />
      {isEmpty(data) ? (
        <FirstSteps />
      ) : (
        <div className="overview" data-testid="overview">
          <Timeline overview={data} range={range} />
          <TacticChain counts={data.by_tactic} range={range} />
          <Breakdown overview={data} range={range} />
        </div>
      )}
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [range, setRange] = useUrlState(OVERVIEW_STATE);
  return (
    <>
      <div className="page-head">
        <h1>{t('nav.overview')}</h1>
        <span className="muted">{t('overview.refresh')}</span>
        <span className="grow" />
        <TimeRange value={range} onChange={setRange} />
      </div>
      <Content range={range} />
    </>
  );
}
