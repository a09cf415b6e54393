// SPDX-License-Identifier: Apache-2.0
// What has to be told upwards, and what units were told to put right.
import { useTranslation } from 'react-i18next';
import { useDueReports, useRectifications } from '../../api/situation-queries';
import { useIncidentTitle } from '../../components/rule-title';
import { Deadline } from '../overview/deadline';
import { Block } from './frame';

const SHOWN = 6;
const ASKED = 100;
const DONE = new Set(['draft', 'accepted', 'withdrawn']);

export function Notices() {
  const titleOf = useIncidentTitle();
  const { t } = useTranslation();
  const { data: reports } = useDueReports(SHOWN);
  const { data: rectifications } = useRectifications(ASKED);
  const open = (rectifications?.items ?? [])
    .filter(({ state }) => !DONE.has(state))
    .sort((a, b) => a.deadline.localeCompare(b.deadline))
    .slice(0, SHOWN);
  return (
    <div className="wall-halves">
      <Block title={t('screen.reports')}>
        {reports?.items.length === 0 && <p className="wall-empty">{t('screen.noReports')}</p>}
        <ul className="wall-notices">
          {reports?.items.slice(0, SHOWN).map((report) => (
            <li key={report.id}>
              <span className="wall-label">{titleOf({ title: report.incident_title, title_en: report.incident_title_en })}</span>
              <span className="wall-note">
                {t(`screen.stage.${report.stage}`)} · {report.recipient}
              </span>
              {report.due && <Deadline due={report.due} short />}
            </li>
          ))}
        </ul>
      </Block>
      <Block title={t('screen.rectifications')}>
        {rectifications && open.length === 0 && <p className="wall-empty">{t('screen.noRectifications')}</p>}
        <ul className="wall-notices">
          {open.map((notice) => (
            <li key={notice.id}>
              <span className="wall-label">{notice.unit.name}</span>
              <span className="wall-note">
                {t(`screen.rect.${notice.state}`)} · {notice.title}
              </span>
              <Deadline due={notice.deadline} short />
            </li>
          ))}
        </ul>
      </Block>
    </div>
  );
}
