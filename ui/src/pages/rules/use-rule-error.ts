// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { describe, inOneLine } from '../../components/describe';

const KNOWN = [
  'bad_rule',
  'changed_since',
  'exists',
  'hunts_busy',
  'imports_busy',
  'bad_name',
  'bad_version',
  'bad_where',
  'bad_expires',
  'not_ours',
  'stale',
  'no_rules',
] as const;

const knownCode = (code: string) => KNOWN.find((known) => known === code);

/** What went wrong with rules, in a sentence of the console's language; the server's words say where. */
export function useRuleError(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return describe(t, error);
    const code = knownCode(error.status === 412 ? 'stale' : error.code);
    if (!code) return describe(t, error);
    const words = t(`rules.error.${code}`);
    return code === 'bad_rule' ? inOneLine(words, error.message) : words;
  };
}
