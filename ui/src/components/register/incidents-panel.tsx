// SPDX-License-Identifier: Apache-2.0
// Incidents of an asset, a unit or a person, the newest first.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useIncidentsOf } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { incidentPath } from '../../lib/links';
import { Loaded } from '../loaded';
import { Panel } from '../panel';
import { useIncidentTitle } from '../rule-title';
import { DrillTag, LevelTag } from '../tags';
import { Time } from '../time';

interface Props {
  of: Parameters<typeof useIncidentsOf>[0];
}

export function IncidentsPanel({ of }: Props) {
  const titleOf = useIncidentTitle();
  const { t } = useTranslation();
  const may = useMay('incident.read');
  const query = useIncidentsOf(of);
  if (!may) return null;
  return (
    <Panel title={t('register.incidents')}>
      <Loaded
        query={query}
        rows={3}
        isEmpty={({ items }) => items.length === 0}
        empty={<p className="muted panel-empty">{t('register.noIncidents')}</p>}
      >
        {({ items, next_cursor }) => (
          <>
            <ul className="asset-lines" data-testid="incidents-of">
              {items.map((incident) => (
                <li key={incident.id}>
                  <LevelTag level={incident.severity} />
                  <Link to={incidentPath(incident.id)}>
                    <span className="number">{incident.number}</span> {titleOf(incident)}
                  </Link>
                  {incident.drill && <DrillTag />}
                  <span className="grow" />
                  <span className="muted">{t(`register.incident.${incident.status}`)}</span>
                  <Time value={incident.last} />
                </li>
              ))}
            </ul>
            {next_cursor && <p className="muted">{t('register.newestIncidents', { count: items.length })}</p>}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
