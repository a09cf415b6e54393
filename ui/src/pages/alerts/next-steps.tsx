// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../../api/types';

/** What the rule advises to do now, in the console's language where it says it in that. */
export function NextSteps({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  const chinese = i18n.language === 'zh-CN' ? alert.next_steps_zh : undefined;
  const text = chinese ?? alert.next_steps ?? alert.next_steps_zh;
  if (!text) return null;
  return (
    <section data-testid="next-steps">
      <h3>{t('alert.nextSteps')}</h3>
      <p className="next-steps">{text}</p>
    </section>
  );
}
