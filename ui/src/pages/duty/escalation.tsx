// SPDX-License-Identifier: Apache-2.0
// Whom the platform calls when nobody takes an incident up: the rules in force, to be read.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Escalation, useEscalation } from '../../api/duty-queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { LevelTag } from '../../components/tags';

type Step = Escalation['steps'][number];

const clock = (minutes = 0) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function StepRow({ step }: { step: Step }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td>
        {step.severity.map((level) => (
          <LevelTag key={level} level={level} />
        ))}
      </td>
      <td>{t(`duty.hours.${step.hours}`)}</td>
      <td>{step.after === 0 ? t('duty.atOnce') : t('duty.afterMinutes', { count: step.after })}</td>
      <td>{step.tell.map((place) => t(`duty.place.${place}`)).join(t('common.comma'))}</td>
    </tr>
  );
}

export function EscalationPanel() {
  const { t } = useTranslation();
  const query = useEscalation();
  return (
    <Panel title={t('duty.escalation.title')} className="duty-escalation">
      <Loaded query={query} rows={3}>
        {({ steps, opens, closes, refused, line, file }) => (
          <>
            {refused && <Alert type="error" showIcon title={t('duty.escalation.refused', { line })} description={refused} />}
            <p className="muted">{t('duty.escalation.about', { opens: clock(opens), closes: clock(closes) })}</p>
            <table className="plain plain-lined">
              <thead>
                <tr>
                  <th>{t('duty.escalation.severity')}</th>
                  <th>{t('duty.escalation.hours')}</th>
                  <th>{t('duty.escalation.after')}</th>
                  <th>{t('duty.escalation.tell')}</th>
                </tr>
              </thead>
              <tbody>
                {steps.map((step) => (
                  <StepRow key={JSON.stringify(step)} step={step} />
                ))}
              </tbody>
            </table>
            <p className="muted">
              {t('duty.escalation.file')} <code className="mono">{file}</code>
            </p>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
