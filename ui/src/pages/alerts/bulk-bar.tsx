// SPDX-License-Identifier: Apache-2.0
// One decision about the alerts that are chosen. It can be taken back.
import { DownOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Input, Modal, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Decision, findIds, useDecide, waysBack } from '../../api/alert-queries';
import { useSession } from '../../api/queries';
import type { Alert, AlertStatus } from '../../api/types';
import { AssigneeSelect } from '../../components/assignee-select';
import { useRuleTitle } from '../../components/rule-title';
import { useDone } from '../../components/use-done';
import { formatCount } from '../../lib/format';
import type { AlertsState } from '../../lib/url-state';
import type { Chosen } from './use-chosen';

const NOTE_MAX = 4000;
const RULES_OFFERED = 8;

/** Beyond this one decision asks first. */
const ASK_FROM = 200;

/** Carries out a decision, says what came of it, and offers the way back. */
export function useDecision(chosen: Chosen) {
  const { t, i18n } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const { mutateAsync, isPending } = useDecide();
  const count = (value: number) => formatCount(value, i18n.language);
  const decide = async (ids: readonly string[], decision: Decision) => {
    const { changed, unchanged } = await mutateAsync({ ids, decision });
    chosen.clear();
    const back = async () => {
      for (const way of waysBack(changed)) await mutateAsync(way);
    };
    const lost = unchanged.filter(({ reason }) => reason !== 'same').length;
    const same = unchanged.length - lost;
    const text = [
      t('bulk.changed', { value: count(changed.length) }),
      same > 0 && t('bulk.same', { value: count(same) }),
      lost > 0 && t('bulk.lost', { value: count(lost) }),
    ];
    done(text.filter(Boolean).join(' '), changed.length > 0 ? back : undefined);
  };
  const act = (decision: Decision) => {
    const { ids } = chosen;
    if (ids.length === 0) return;
    const go = () => decide(ids, decision).catch(failed);
    if (ids.length < ASK_FROM) go();
    else
      modal.confirm({
        title: t('bulk.sure', { value: count(ids.length) }),
        content: t('bulk.canUndo'),
        onOk: go,
      });
  };
  return { act, isPending };
}

const STATES: readonly AlertStatus[] = ['acknowledged', 'closed', 'false_positive', 'new'];

interface AskProps<Value> {
  onDone: (value: Value) => void;
  onClose: () => void;
}

function AskNote({ onDone, onClose }: AskProps<string>) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <Modal
      open
      title={t('bulk.note')}
      width={440}
      okText={t('common.save')}
      okButtonProps={{ disabled: !text.trim(), 'data-testid': 'note-sure' }}
      onOk={() => onDone(text.trim())}
      onCancel={onClose}
    >
      <p className="muted">{t('bulk.noteHint')}</p>
      <Input.TextArea
        value={text}
        rows={4}
        maxLength={NOTE_MAX}
        autoFocus
        aria-label={t('alert.note')}
        onChange={(event) => setText(event.target.value)}
      />
    </Modal>
  );
}

function AskPerson({ onDone, onClose }: AskProps<string>) {
  const { t } = useTranslation();
  const [name, setName] = useState<string>();
  return (
    <Modal
      open
      title={t('bulk.assign')}
      width={440}
      okText={t('bulk.assign')}
      okButtonProps={{ disabled: !name, 'data-testid': 'assign-sure' }}
      onOk={() => name && onDone(name)}
      onCancel={onClose}
    >
      <p className="muted">{t('bulk.assignHint')}</p>
      <AssigneeSelect autoFocus className="fill" value={name} onChange={setName} data-testid="assign-to" />
    </Modal>
  );
}

/** Oneself, those who have incidents of the list, somebody else, nobody. */
function Assign({ alerts, onAct }: { alerts: readonly Alert[]; onAct: (decision: Decision) => void }) {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const [asking, setAsking] = useState(false);
  const me = session?.username ?? '';
  const others = [...new Set(alerts.flatMap((alert) => alert.case?.assignee ?? []))].filter((name) => name !== me);
  const to = (assignee: string) => () => onAct({ assignee });
  const items = [
    { key: '=me', label: t('bulk.toMe', { name: me }), onClick: to(me) },
    ...others.map((name) => ({ key: name, label: name, onClick: to(name) })),
    { key: '=other', label: t('bulk.toOther'), onClick: () => setAsking(true) },
    { key: '=nobody', label: t('bulk.toNobody'), onClick: to('') },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button size="small" data-testid="bulk-assign">
          {t('bulk.assign')} <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
      {asking && (
        <AskPerson
          onDone={(assignee) => {
            setAsking(false);
            onAct({ assignee });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** More of them: all rows, those of one rule, all that match. */
function ChooseMore({ alerts, state, chosen }: { alerts: readonly Alert[]; state: AlertsState; chosen: Chosen }) {
  const { t, i18n } = useTranslation();
  const { failed } = useDone();
  const titleOf = useRuleTitle();
  const rules = new Map<string, Alert[]>();
  for (const alert of alerts) rules.set(alert.rule_id, [...(rules.get(alert.rule_id) ?? []), alert]);
  const inUse = new Set(chosen.ids);
  const worth = [...rules.values()]
    .sort((a, b) => Number(b.some(({ id }) => inUse.has(id))) - Number(a.some(({ id }) => inUse.has(id))))
    .slice(0, RULES_OFFERED);
  const ofRule = worth.flatMap((some) => {
    const [one] = some;
    if (!one) return [];
    const value = formatCount(some.length, i18n.language);
    const title = titleOf(one.rule_title, one.rule_title_zh);
    return {
      key: one.rule_id,
      label: t('bulk.rule', { title, value }),
      onClick: () => chosen.add(some.map(({ id }) => id)),
    };
  });
  const items = [
    {
      key: '=page',
      label: t('bulk.allRows', { value: formatCount(alerts.length, i18n.language) }),
      onClick: () => chosen.set(alerts.map(({ id }) => id)),
    },
    { key: '=all', label: t('bulk.allMatching'), onClick: () => findIds(state).then(chosen.set, failed) },
    { type: 'divider' as const },
    ...ofRule,
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button size="small" type="text" data-testid="choose-more">
        {t('bulk.more')} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}

interface Props {
  alerts: readonly Alert[];
  state: AlertsState;
  chosen: Chosen;
  act: (decision: Decision) => void;
  isPending: boolean;
}

export function BulkBar({ alerts, state, chosen, act, isPending }: Props) {
  const { t, i18n } = useTranslation();
  const [noting, setNoting] = useState(false);
  if (chosen.ids.length === 0) return null;
  return (
    <section className="bulk" aria-label={t('bulk.title')} data-testid="bulk">
      <b aria-live="polite">{t('bulk.chosen', { value: formatCount(chosen.ids.length, i18n.language) })}</b>
      <ChooseMore alerts={alerts} state={state} chosen={chosen} />
      <Space.Compact>
        {STATES.map((status) => (
          <Button
            key={status}
            size="small"
            disabled={isPending}
            onClick={() => act({ status })}
            data-testid={`bulk-${status}`}
          >
            {t(`alert.do.${status}`)}
          </Button>
        ))}
      </Space.Compact>
      <Assign alerts={alerts} onAct={act} />
      <Button size="small" onClick={() => setNoting(true)} data-testid="bulk-note">
        {t('bulk.note')}
      </Button>
      <Button size="small" type="text" onClick={chosen.clear} data-testid="bulk-clear">
        {t('bulk.clear')}
      </Button>
      {noting && (
        <AskNote
          onDone={(note) => {
            setNoting(false);
            act({ note });
          }}
          onClose={() => setNoting(false)}
        />
      )}
    </section>
  );
}
