// SPDX-License-Identifier: Apache-2.0
// Ends a thing at a time: nothing is deleted.
import { useTranslation } from 'react-i18next';
import { type Kind, useClose } from '../../api/assets-queries';
import { FormDrawer } from './form-drawer';
import { StatementFields } from './when';

interface Props {
  kind: Kind;
  id: number;
  version: number;
  title: string;
  onClose: () => void;
}

interface Values {
  from?: string;
  reason?: string;
}

const FIELDS = ['reason'] as const;

export function CloseDrawer({ kind, id, version, title, onClose }: Props) {
  const { t } = useTranslation();
  const close = useClose(kind);
  const save = async ({ from, reason }: Values) => {
    await close.mutateAsync({ id, version, at: from, reason: reason?.trim() });
    return undefined;
  };
  return (
    <FormDrawer<Values> title={title} initial={{}} fields={FIELDS} onSubmit={save} onClose={onClose} submit={t('register.close')}>
      <p className="muted register-note">{t(`register.closeHint.${kind}`)}</p>
      <StatementFields closing />
    </FormDrawer>
  );
}
