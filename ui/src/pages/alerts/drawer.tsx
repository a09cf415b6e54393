// SPDX-License-Identifier: Apache-2.0
// One alert: what happened, why the rule matched, the event as it came, the rule, and what to do about it.
import { Drawer, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAlert } from '../../api/alert-queries';
import type { AlertDetail } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { EventView } from '../../components/event-view';
import { useRuleTitle } from '../../components/rule-title';
import { DrillTag, LevelTag, StatusTag } from '../../components/tags';
import { Time } from '../../components/time';
import type { ValueActions } from '../../components/value-link';
import { rangeOf } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { readCondition, readCorrelation, readWhy } from '../../lib/why';
import { Actions } from './actions';
import { CaseFacts } from './case-facts';
import { Correlation } from './correlation';
import { History } from './history';
import { NextSteps } from '../../components/rule-advice';
import { Note } from './note';
import { Repeats } from './repeats';
import { Rule } from './rule';
import { WhatHappened } from './what-happened';
import { Why } from './why';

const WIDTH = 780;
const AROUND_MS = 3_600_000;

/** Going on from an alert means asking what else happened around that time. */
function pivotsFrom({ time }: AlertDetail): ValueActions {
  const at = Date.parse(time);
  const range = rangeOf(at - AROUND_MS, at + AROUND_MS);
  return { search: (q) => eventsPath({ ...range, q }) };
}

function Detail({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const actions = pivotsFrom(alert);
  const matches = readWhy(alert.why);
  const correlation = readCorrelation(alert.why);
  const words = matches.flatMap(({ marks }) => marks);
  return (
    <div className="detail" data-testid="alert-detail">
      <p className="detail-marks">
        <LevelTag level={alert.level} />
        {alert.drill && <DrillTag />}
        <StatusTag status={alert.status} />
        <Time value={alert.time} />
        <Repeats alert={alert} />
      </p>
      <Actions alert={alert} />
      <WhatHappened alert={alert} />
      <CaseFacts alert={alert} />
      <NextSteps rule={alert} />
      {correlation ? (
        <Correlation facts={correlation} />
      ) : (
        <Why
          matches={matches}
          condition={readCondition(alert.why)}
          event={alert.event}
          actions={actions}
        />
      )}
      {alert.event ? (
        <EventView event={alert.event} actions={actions} words={words} />
      ) : (
        <p className="muted">{t('alert.eventMissing')}</p>
      )}
      <Rule alert={alert} />
      <Note key={alert.note} alert={alert} />
      <History changes={alert.history ?? []} />
    </div>
  );
}

export function AlertDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const { data: alert, error, refetch } = useAlert(id);
  return (
    <Drawer
      open
      size={WIDTH}
      mask={false}
      keyboard={false}
      rootClassName="drawer"
      onClose={onClose}
      title={alert ? titleOf(alert.rule_title, alert.rule_title_zh) : t('alert.title')}
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!alert && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {alert && <Detail key={alert.id} alert={alert} />}
    </Drawer>
  );
}
