// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { actionKey, isTrailAction, isTrailOutcome, isTrailVia } from '../../lib/trail';

/** Names in the console's language; what a newer program wrote keeps its own name. */
export function useTrailNames() {
  const { t } = useTranslation();
  return {
    action: (name: string) => (isTrailAction(name) ? t(`trail.action.${actionKey(name)}`) : name),
    outcome: (name: string) => (isTrailOutcome(name) ? t(`trail.outcome.${name}`) : name),
    via: (name: string) => (isTrailVia(name) ? t(`trail.via.${name}`) : name),
  };
}
