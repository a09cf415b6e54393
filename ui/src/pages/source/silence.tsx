// SPDX-License-Identifier: Apache-2.0
// What somebody said of a source's silence: no alarm is raised until then. It stays silent and blind as it is.
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/queries';
import { type Source, useAcknowledge, useTakeBack } from '../../api/sources-queries';
import { type Until, UntilForm } from '../../components/until-form';
import { useDone } from '../../components/use-done';
import { nameOf } from '../../lib/sources';
import { localTime } from '../../lib/time';

const minute = (time: string) => localTime(time).slice(0, 16);

function useSilence({ id, acknowledged }: Source) {
  const { t } = useTranslation();
  const acknowledge = useAcknowledge();
  const takeBack = useTakeBack();
  const { done, failed } = useDone();
  const again = ({ until, reason }: Until) => acknowledge.mutateAsync({ id, until, reason });
  return {
    say: async (until: Until) => {
      await again(until);
      const back = () => (acknowledged ? again(acknowledged) : takeBack.mutateAsync(id));
      done(t('sources.silence.said'), back);
    },
    take: () => {
      const back = acknowledged && (() => again(acknowledged));
      takeBack.mutate(id, { onSuccess: () => done(t('sources.silence.taken'), back), onError: failed });
    },
  };
}

/** Who can still be announced: what is forgotten or belongs to nobody in particular cannot. */
const isOne = ({ kind, state }: Source) => (kind === 'learnt' || kind === 'registered') && state !== 'retired';

/** In the head of the page. */
export function AnnounceSilence({ source }: { source: Source }) {
  const { t } = useTranslation();
  const may = useMay('alert.change');
  const { say } = useSilence(source);
  const [saying, setSaying] = useState(false);
  if (!may || !isOne(source)) return null;
  return (
    <>
      <Button onClick={() => setSaying(true)} data-testid="announce">
        {t(source.acknowledged ? 'sources.silence.change' : 'sources.silence.announce')}
      </Button>
      {saying && (
        <UntilForm
          title={t('sources.silence.announceOf', { name: nameOf(source) })}
          hint={t('sources.silence.hint')}
          example={t('sources.silence.example')}
          before={source.acknowledged}
          onSave={say}
          onClose={() => setSaying(false)}
        />
      )}
    </>
  );
}

/** Below the head. */
export function SilenceNotice({ source }: { source: Source }) {
  const { t } = useTranslation();
  const may = useMay('alert.change');
  const { take } = useSilence(source);
  const { acknowledged } = source;
  if (!acknowledged) return null;
  const { by, said, until, reason } = acknowledged;
  return (
    <Alert
      className="source-note"
      type="info"
      showIcon
      title={t('sources.silence.known', { reason, until: minute(until) })}
      description={t('sources.silence.by', { by, said: minute(said) })}
      action={
        may && (
          <Button size="small" onClick={take} data-testid="take-back">
            {t('sources.silence.takeBack')}
          </Button>
        )
      }
      data-testid="acknowledged"
    />
  );
}
