// SPDX-License-Identifier: Apache-2.0
// The threat index, and why it is what it is: each part, what it was made from, what it adds.
import { Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Situation, ThreatPart } from '../../api/situation-queries';
import { overduePath, unseenPath } from '../../lib/situation';
import { alertsPath } from '../../lib/url-state';

const WHERE: Record<ThreatPart['name'], string> = {
  incidents: '/incidents',
  alerts: unseenPath(),
  rise: alertsPath({}),
  overdue: overduePath('incidents'),
  blind: '/sources',
};

function useWhy(): (part: ThreatPart, now: Situation) => string {
  const { t } = useTranslation();
  return ({ name, value }, { coverage }) => {
    if (name === 'rise') return value === 0 ? t('threat.noRise') : t('threat.whyRise', { value });
    if (name === 'blind' && (coverage.down || coverage.sources === 0)) return t('threat.noSources');
    return t(`threat.why.${name}`, { count: value });
  };
}

function Parts({ now }: { now: Situation }) {
  const { t } = useTranslation();
  const why = useWhy();
  return (
    <div className="threat-parts" data-testid="threat-parts">
      <table>
        <thead>
          <tr>
            <th>{t('threat.part')}</th>
            <th>{t('threat.from')}</th>
            <th>{t('threat.points')}</th>
          </tr>
        </thead>
        <tbody>
          {now.threat.parts.map((part) => (
            <tr key={part.name}>
              <td>
                <Link to={WHERE[part.name]}>{t(`threat.name.${part.name}`)}</Link>
              </td>
              <td className="muted">{why(part, now)}</td>
              <td className="number">{t('threat.of', { points: part.points, most: part.most })}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{t('threat.sum')}</td>
            <td className="muted">{t('threat.bands')}</td>
            <td className="number">{t('threat.of', { points: now.threat.index, most: 100 })}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

export function Threat({ now }: { now: Situation }) {
  const { t } = useTranslation();
  const { index, band } = now.threat;
  return (
    <Popover trigger="click" placement="bottomRight" title={t('threat.title')} content={<Parts now={now} />}>
      <button type="button" className={`threat threat-${band}`} data-testid="threat">
        <span className="threat-label">{t('threat.label')}</span>
        <b className="number">{index}</b>
        <span className="threat-band">{t(`threat.band.${band}`)}</span>
        <span className="threat-why">{t('threat.ask')}</span>
      </button>
    </Popover>
  );
}
