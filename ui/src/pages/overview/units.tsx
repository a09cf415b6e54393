// SPDX-License-Identifier: Apache-2.0
// Which units are hit: their incidents of the span, those still open first.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Overview } from '../../api/types';
import { Panel } from '../../components/panel';
import { LevelTag } from '../../components/tags';
import { formatCount } from '../../lib/format';
import { unitPath } from '../../lib/links';
import { unitIncidentsPath } from '../../lib/situation';

export function Units({ units }: { units: Overview['by_unit'] }) {
  const { t, i18n } = useTranslation();
  const number = (n: number) => formatCount(n, i18n.language);
  return (
    <Panel title={t('overview.units')}>
      {units.length === 0 ? (
        <p className="muted panel-empty">{t('overview.noUnits')}</p>
      ) : (
        <table className="units">
          <thead>
            <tr>
              <th>{t('overview.unit')}</th>
              <th>{t('overview.worstAlert')}</th>
              <th className="end">{t('overview.openIncidents')}</th>
              <th className="end">{t('overview.unitAlerts')}</th>
            </tr>
          </thead>
          <tbody>
            {units.map(({ id, name, open, incidents, alerts, level }) => (
              <tr key={id}>
                <td>
                  <Link to={unitPath(id)}>{name}</Link>
                </td>
                <td>
                  <LevelTag level={level} />
                </td>
                <td className="end number">
                  <Link to={unitIncidentsPath(id)}>{t('overview.ofAll', { open: number(open), all: number(incidents) })}</Link>
                </td>
                <td className="end number">
                  <Link to={unitIncidentsPath(id)}>{number(alerts)}</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
