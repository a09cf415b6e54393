// SPDX-License-Identifier: Apache-2.0
import { ArrowUpOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../../api/types';
import { LEVELS } from '../../api/types';
import { useLiveState } from '../../components/live';
import { formatCount } from '../../lib/format';
import { localTime } from '../../lib/time';

interface Props {
  news: readonly Alert[];
  atLeast: boolean;
  /** When the list was looked at last, in ms; 0: not yet. */
  updated: number;
  onShow: () => void;
}

/** That there are new ones, in a line that is always there so that nothing moves; a click or n puts them in. */
export function NewsBar({ news, atLeast, updated, onShow }: Props) {
  const { t, i18n } = useTranslation();
  const live = useLiveState();
  const count = (value: number) => formatCount(value, i18n.language);
  const levels = LEVELS.map((level) => [level, news.filter((alert) => alert.level === level).length] as const);
  const time = localTime(new Date(updated).toISOString()).slice(11);
  const bar = news.length > 0 && (
    <button type="button" className="news" onClick={onShow} data-testid="news">
      <ArrowUpOutlined aria-hidden />
      {t(atLeast ? 'alerts.newsAtLeast' : 'alerts.news', { value: count(news.length) })}
      {levels
        .filter(([, many]) => many > 0)
        .map(([level, many]) => (
          <span key={level} className={`level level-${level}`}>
            {t(`level.${level}`)} {count(many)}
          </span>
        ))}
      <kbd>n</kbd>
    </button>
  );
  return (
    <>
      {!bar && updated > 0 && (
        <span className="muted number" data-testid="up-to-date">
          {t(live === 'live' ? 'alerts.upToDate' : 'alerts.asOf', { time })}
        </span>
      )}
      <div role="status">{bar}</div>
    </>
  );
}
