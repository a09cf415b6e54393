// SPDX-License-Identifier: Apache-2.0
// Ends a thing at a time, and takes an end back: nothing is deleted.
import { Alert, Button, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Kind, useClose, useReopen } from '../../api/assets-queries';
import { isCorrection } from '../../lib/register';
import { localTime } from '../../lib/time';
import { FormDrawer } from './form-drawer';
import { StatementFields } from './when';

interface Thing {
  kind: Kind;
  id: number;
  version: number;
}

interface Props extends Thing {
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
  const reopen = useReopen(kind);
  const save = async ({ from, reason }: Values) => {
    const closed = await close.mutateAsync({ id, version, at: from, reason: reason?.trim() });
    // What ended in the past is taken back with a reason, on its page.
    const undo = () => reopen.mutateAsync({ id, version: closed.version });
    return { warnings: closed.warnings, text: t('register.ended'), undo: isCorrection(from, Date.now()) ? undefined : undo };
  };
  return (
    <FormDrawer<Values> title={title} initial={{}} fields={FIELDS} onSubmit={save} onClose={onClose} submit={t('register.close')}>
      <p className="muted register-note">{t(`register.closeHint.${kind}`)}</p>
      <StatementFields closing />
    </FormDrawer>
  );
}

function ReopenDrawer({ kind, id, version, title, onClose, since }: Props & { since: string }) {
  const { t } = useTranslation();
  const reopen = useReopen(kind);
  const corrects = isCorrection(since, Date.now());
  const save = ({ reason }: Values) => reopen.mutateAsync({ id, version, reason: reason?.trim() });
  return (
    <FormDrawer<Values> title={title} initial={{}} fields={FIELDS} onSubmit={save} onClose={onClose} submit={t('register.reopen')}>
      <p className="muted register-note">{t('register.reopenHint')}</p>
      <Form.Item
        name="reason"
        label={t(corrects ? 'register.reason' : 'register.reasonOptional')}
        rules={corrects ? [{ required: true, whitespace: true, message: t('register.reasonNeeded') }] : []}
      >
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </FormDrawer>
  );
}

/** Whether it is over: then it can be taken back and not be changed. */
export const isEnded = ({ valid_to }: { valid_to?: string }) => valid_to !== undefined && Date.parse(valid_to) <= Date.now();

interface EndedProps {
  kind: Kind;
  thing: { id: number; version: number; name: string; valid_to?: string };
  may: boolean;
  /** What can be done with one that is not over. */
  children: ReactNode;
}

/** In the head of its page: what can be done with it. */
export function IfValid({ kind, thing, may, children }: EndedProps) {
  const { t } = useTranslation();
  const [taking, setTaking] = useState(false);
  if (!may) return null;
  if (!isEnded(thing)) return children;
  const { id, version, name, valid_to = '' } = thing;
  return (
    <>
      <Button onClick={() => setTaking(true)} data-testid="reopen">
        {t('register.reopen')}
      </Button>
      {taking && (
        <ReopenDrawer
          kind={kind}
          id={id}
          version={version}
          since={valid_to}
          title={t('register.reopenOf', { name })}
          onClose={() => setTaking(false)}
        />
      )}
    </>
  );
}

/** Below the head: that it is over, and since when. */
export function EndedNotice({ thing }: { thing: { valid_to?: string } }) {
  const { t } = useTranslation();
  if (!isEnded(thing)) return null;
  return (
    <Alert
      className="register-note"
      type="info"
      showIcon
      title={t('register.endedAt', { at: localTime(thing.valid_to ?? '') })}
      data-testid="ended"
    />
  );
}
