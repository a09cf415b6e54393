// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { System } from '../../api/admin-queries';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatBytes } from '../../lib/format';

type Process = System['processes'][number];

const GOOD = { running: 'good', starting: 'behind', stopped: 'bad', failing: 'bad' } as const;

function Row({ process }: { process: Process }) {
  const { t, i18n } = useTranslation();
  const { name, state, pid, restarts, since, memory, load } = process;
  const does = i18n.exists(`system.does.${name}`) ? t(`system.does.${name}` as 'system.does.core') : '';
  return (
    <tr data-testid={`process-${name}`}>
      <td>
        <span className="mono">{name}</span> <span className="muted">{does}</span>
      </td>
      <td className="nowrap">
        <span className={`dot dot-${GOOD[state]}`} />
        {t(`process.${state}`)}
      </td>
      <td className="nowrap">{since && <Time value={since} />}</td>
      <td className="number end">{restarts}</td>
      <td className="number end">{load === undefined ? '–' : `${load}%`}</td>
      <td className="number end nowrap">{memory === undefined ? '–' : formatBytes(memory, i18n.language)}</td>
      <td className="number end">{pid ?? '–'}</td>
    </tr>
  );
}

export function ProcessesPanel({ processes }: { processes: readonly Process[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('system.processes')} className="system-wide">
      <div className="scroll-x">
        <table className="plain plain-lined plain-wide">
          <thead>
            <tr>
              <th>{t('health.process')}</th>
              <th>{t('health.state')}</th>
              <th>{t('system.since')}</th>
              <th className="end">{t('health.restarts')}</th>
              <th className="end">{t('system.load')}</th>
              <th className="end">{t('system.memory')}</th>
              <th className="end">PID</th>
            </tr>
          </thead>
          <tbody>
            {processes.map((process) => (
              <Row key={process.name} process={process} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
