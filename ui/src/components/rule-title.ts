// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

/** A rule's title in the console's language: rules of ours have a Chinese one, others only their own. */
export function useRuleTitle(): (title: string, chinese: string | undefined) => string {
  const { i18n } = useTranslation();
  return (title, chinese) => (i18n.language === 'zh-CN' && chinese ? chinese : title);
}
