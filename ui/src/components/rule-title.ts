// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

/** An incident's title: the one of the rule it is named after in the console's language, else as it was named. */
export function useIncidentTitle(): (incident: { title: string; title_en?: string | undefined }) => string {
  const { i18n } = useTranslation();
  return ({ title, title_en }) => (i18n.language === 'zh-CN' ? title : title_en || title);
}

/** A rule's title in the console's language: rules of ours have a Chinese one, others only their own. */
export function useRuleTitle(): (title: string, chinese: string | undefined) => string {
  const { i18n } = useTranslation();
  return (title, chinese) => (i18n.language === 'zh-CN' && chinese ? chinese : title);
}
