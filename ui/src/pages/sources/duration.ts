// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../lib/format';

/** Spans of time in words: what lasted, and how long ago something was. */
export function useDuration() {
  const { t, i18n } = useTranslation();
  const lasting = (seconds: number) => formatDuration(Math.abs(seconds), i18n.language);
  const since = (time: string) => (Date.now() - Date.parse(time)) / 1000;
  return { lasting, since, ago: (time: string) => t('sources.ago', { time: lasting(since(time)) }) };
}
