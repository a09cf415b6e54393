// SPDX-License-Identifier: Apache-2.0
// What the forms of assets, units and people have in common: a new one, or what is otherwise of one, since when and why.
import { Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Edit } from '../../api/assets-queries';
import { useAsOpened } from '../../lib/as-opened';
import { FormDrawer, type Saved } from './form-drawer';
import { StatementFields } from './when';

interface Statement {
  from?: string;
  reason?: string;
}

type Change<B> = Partial<B> & Statement;

interface Props<V extends object, B extends object> {
  /** The one that is changed; absent for a new one. */
  thing?: { id: number; version: number; name: string };
  /** Title for a new one. */
  adding: string;
  initial: V;
  /** What the values say of the thing. */
  bodyOf: (values: V) => B;
  add: (body: B & { valid_from?: string; reason?: string }) => Promise<Saved>;
  change: (edit: Edit<Change<B>>) => Promise<Saved>;
  onClose: () => void;
  children: ReactNode;
}

/** What is said otherwise than before: nothing else is a statement. */
function changeOf<B extends object>(before: B, after: B): Partial<B> {
  const old = before as Record<string, unknown>;
  const entries = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]));
  return Object.fromEntries(entries) as Partial<B>;
}

export function ThingForm<V extends object, B extends object>(props: Props<V, B>) {
  const { adding, bodyOf, add, change, onClose, children } = props;
  const { t } = useTranslation();
  const { thing, initial } = useAsOpened(props).opened;
  const save = async ({ from, reason, ...rest }: V & Statement) => {
    const body = bodyOf(rest as unknown as V);
    const why = reason?.trim() || undefined;
    if (!thing) return add({ ...body, valid_from: from, reason: why });
    const changed = changeOf(bodyOf(initial), body);
    if (Object.keys(changed).length === 0) return undefined;
    return change({ id: thing.id, version: thing.version, body: { ...changed, from, reason: why } });
  };
  return (
    <FormDrawer<V & Statement>
      title={thing ? t('register.editOf', { name: thing.name }) : adding}
      initial={initial}
      fields={[...Object.keys(initial), 'reason'] as (keyof (V & Statement) & string)[]}
      onSubmit={save}
      onClose={onClose}
    >
      {children}
      <StatementFields />
    </FormDrawer>
  );
}

export function NameField({ label, max = 200 }: { label: string; max?: number }) {
  const { t } = useTranslation();
  return (
    <Form.Item name="name" label={label} rules={[{ required: true, whitespace: true, message: t('register.needed') }]}>
      <Input maxLength={max} />
    </Form.Item>
  );
}

interface TextProps {
  name: 'code' | 'number' | 'phone' | 'mail' | 'mlps_number';
  max?: number;
  mode?: 'tel' | 'email';
}

export function TextField({ name, max = 100, mode }: TextProps) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t(`register.member.${name}`)}>
      <Input maxLength={max} inputMode={mode} />
    </Form.Item>
  );
}

export function LongField({ name }: { name: 'purpose' | 'note' }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t(`register.member.${name}`)}>
      <Input.TextArea rows={2} maxLength={1300} />
    </Form.Item>
  );
}
