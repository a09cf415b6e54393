// SPDX-License-Identifier: Apache-2.0
// The situation: one sentence, then how it came about, then where to look.
import { FullscreenOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useOverview } from '../../api/queries';
import { type Situation as Now, useSituation } from '../../api/situation-queries';
import type { Overview } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { TimeRange } from '../../components/time-range';
import type { Range } from '../../lib/time';
import { type StateOf, useUrlState } from '../../lib/url-state';
import { Breakdown } from './breakdown';
import { FirstSteps } from './first-steps';
import { Places } from './places';
import { Situation } from './situation';
import { SITUATION_STATE } from './state';
import { TacticChain } from './tactic-chain';
import { Threat } from './threat';
import { Timeline } from './timeline';
import { Units } from './units';
import { Clocks, Duty, Sources } from './watch';

type State = StateOf<typeof SITUATION_STATE>;

const isEmpty = ({ events_total, alerts_total, store_reachable }: Overview) =>
  events_total + alerts_total === 0 && store_reachable !== false;

interface Props {
  overview: Overview;
  now: Now | undefined;
  state: State;
  onChange: (part: Partial<State>) => void;
}

function Panels({ overview, now, state, onChange }: Props) {
  const range: Range = { from: state.from, to: state.to };
  return (
    <div className="overview" data-testid="overview">
      <div className="overview-first">
        <Timeline overview={overview} range={range} />
        <div className="overview-watch">
          <Duty />
          {now && <Clocks now={now} />}
          {now && <Sources now={now} />}
        </div>
      </div>
      <TacticChain counts={overview.by_tactic} range={range} />
      <div className="overview-second">
        <Places map={state.map} side={state.side} range={range} onChange={onChange} />
        <Units units={overview.by_unit} />
      </div>
      <Breakdown overview={overview} range={range} />
    </div>
  );
}

function Content({ state, onChange }: { state: State; onChange: (part: Partial<State>) => void }) {
  const range: Range = { from: state.from, to: state.to };
  const { data: overview, error, refetch } = useOverview(range);
  const situation = useSituation();
  const now = situation.data;
  if (!now && !overview) {
    const failed = situation.error ?? error;
    const again = () => Promise.all([refetch(), situation.refetch()]);
    return failed ? <ErrorNotice error={failed} onRetry={again} /> : <Skeleton active paragraph={{ rows: 12 }} />;
  }
  return (
    <>
      {situation.error && <ErrorNotice error={situation.error} onRetry={situation.refetch} />}
      {now && (
        <Situation now={now} overview={overview} range={range}>
          <Threat now={now} />
        </Situation>
      )}
      {error && !overview && <ErrorNotice error={error} onRetry={refetch} />}
      {!overview && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {overview && isEmpty(overview) && <FirstSteps />}
      {overview && !isEmpty(overview) && (
        <Panels overview={overview} now={now} state={state} onChange={onChange} />
      )}
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [state, setState] = useUrlState(SITUATION_STATE);
  return (
    <>
      <PageHead title={t('nav.overview')} hint={t('overview.refresh')} help="daily-work#situation">
        <TimeRange value={state} onChange={setState} />
        <Button icon={<FullscreenOutlined />} onClick={() => navigate('/screen')} data-testid="to-screen">
          {t('screen.open')}
        </Button>
      </PageHead>
      <Content state={state} onChange={setState} />
    </>
  );
}
