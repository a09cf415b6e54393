// SPDX-License-Identifier: Apache-2.0
import { ArrowUpOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../../api/types';
import { LEVELS } from '../../api/types';
import { formatCount } from '../../lib/format';

interface Props {
  news: readonly Alert[];
  atLeast: boolean;
  onShow: () => void;
}

/** That there are new ones, without moving what is read; a click or n puts them in. */
export function NewsBar({ news, atLeast, onShow }: Props) {
  const { t, i18n } = useTranslation();
  const count = (value: number) => formatCount(value, i18n.language);
  const levels = LEVELS.map((level) => [level, news.filter((alert) => alert.level === level).length] as const);
  return (
    <div role="status">
      {news.length > 0 && (
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
      )}
    </div>
  );
}
