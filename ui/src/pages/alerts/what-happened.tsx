// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../../api/types';
import { useRuleTitle } from '../../components/rule-title';

const PARTS = ['host', 'user', 'source_ip', 'destination_ip'] as const;

/** The alert as one sentence: where, who, from, to, by which rule it is notable. Parts not known are left out. */
export function WhatHappened({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const title = useRuleTitle()(alert.rule_title, alert.rule_title_zh);
  const parts = PARTS.map((name) => {
    const value = alert[name];
    return [name, value ? t(`alert.part.${name}`, { value }) : ''];
  });
  return (
    <p className="what-happened">
      {t('alert.sentence', { ...Object.fromEntries(parts), title })}
    </p>
  );
}
