// SPDX-License-Identifier: Apache-2.0
import { App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUpdateAlert } from '../../api/alert-queries';
import type { AlertDetail } from '../../api/types';
import { describe } from '../../components/describe';
import { useMayHandle } from './actions';

const LENGTH_MAX = 4000;

export function Note({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const saved = alert.note ?? '';
  const [note, setNote] = useState(saved);
  const update = useUpdateAlert();
  const may = useMayHandle();
  // Not by the callbacks of mutate(): what is saved is shown by a field of its own.
  const save = () =>
    update.mutateAsync({ id: alert.id, note }).then(
      () => message.success(t('alert.noteSaved')),
      (error) => message.error(describe(t, error)),
    );
  return (
    <section>
      <h3>{t('alert.note')}</h3>
      <Input.TextArea
        value={note}
        onChange={(event) => setNote(event.target.value)}
        disabled={!may}
        maxLength={LENGTH_MAX}
        rows={3}
        placeholder={t('alert.notePlaceholder')}
        aria-label={t('alert.note')}
      />
      {may && (
        <Button
          size="small"
          className="note-save"
          onClick={save}
          data-testid="note-save"
          disabled={note === saved}
          loading={update.isPending}
        >
          {t('common.save')}
        </Button>
      )}
    </section>
  );
}
