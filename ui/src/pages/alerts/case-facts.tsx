// SPDX-License-Identifier: Apache-2.0
// What is known of the incident the alert belongs to, and why it is there.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AlertDetail } from '../../api/types';
import { assetPath, incidentPath, unitPath } from '../../lib/links';
import { alertsPath } from '../../lib/url-state';

export function CaseFacts({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  const facts = alert.case;
  if (!facts || alert.incident === undefined) return null;
  const reason = i18n.language === 'en' ? alert.incident_reason : (alert.incident_reason_zh ?? alert.incident_reason);
  return (
    <p className="case-facts" data-testid="case-facts">
      <span>
        {t('alerts.incident')} <Link to={incidentPath(alert.incident)}>{facts.number}</Link>
      </span>
      {facts.asset !== undefined && (
        <span>
          {t('alerts.asset')} <Link to={assetPath(facts.asset)}>{facts.asset_name}</Link>
        </span>
      )}
      {facts.unit !== undefined && (
        <span>
          {t('alerts.unit')} <Link to={unitPath(facts.unit)}>{facts.unit_name}</Link>
        </span>
      )}
      {facts.responsible && (
        <span>
          {t('alerts.responsible')} {facts.responsible}
        </span>
      )}
      <span>
        {t('alerts.assignee')}{' '}
        {facts.assignee ? (
          <Link to={alertsPath({ assignee: facts.assignee })}>{facts.assignee}</Link>
        ) : (
          <span className="muted">{t('alerts.nobody')}</span>
        )}
      </span>
      {reason && <span className="muted case-reason">{reason}</span>}
    </p>
  );
}
