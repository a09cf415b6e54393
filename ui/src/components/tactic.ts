// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { isTactic, tacticName } from '../lib/attack';

/** Names a tactic in the console's language; one we do not know keeps its own name. */
export function useTacticName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => {
    const short = tacticName(name);
    return isTactic(short) ? t(`tactic.${short}`) : short;
  };
}
