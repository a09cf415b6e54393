// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { SourceState } from '../../api/sources-queries';

/** How a source stands, as word and colour. */
export function StateTag({ state }: { state: SourceState }) {
  const { t } = useTranslation();
  return (
    <span className={`source-state source-${state}`} title={t(`sources.stateHint.${state}`)}>
      {t(`sources.state.${state}`)}
    </span>
  );
}
