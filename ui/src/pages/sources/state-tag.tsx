// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { LeftAlone, SourceState } from '../../api/sources-queries';
import { localTime } from '../../lib/time';

interface Props {
  state: SourceState;
  acknowledged?: LeftAlone;
}

/** How a source stands, as word and colour; and that somebody knows of it. */
export function StateTag({ state, acknowledged }: Props) {
  const { t } = useTranslation();
  const said = acknowledged && { reason: acknowledged.reason, until: localTime(acknowledged.until).slice(0, 16) };
  return (
    <>
      <span className={`source-state source-${state}`} title={t(`sources.stateHint.${state}`)}>
        {t(`sources.state.${state}`)}
      </span>
      {said && (
        <div className="muted" title={t('sources.silence.known', said)}>
          {t('sources.silence.short', { until: said.until.slice(5, 10) })}
        </div>
      )}
    </>
  );
}
