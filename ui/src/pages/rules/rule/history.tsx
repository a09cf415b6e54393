// SPDX-License-Identifier: Apache-2.0
// Who changed what about a rule; the newest change of each thing can be taken back.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../api/queries';
import { type RuleChange, type RuleDetail, useRuleChanges, useUndoChange } from '../../../api/rules-queries';
import { Empty } from '../../../components/empty';
import { Loaded } from '../../../components/loaded';
import { Time } from '../../../components/time';
import { useDone } from '../../../components/use-done';
import { diffLines } from '../../../lib/diff';
import { useRuleError } from '../use-rule-error';

const ACTIONS = {
  'rules.enable': 'enable',
  'rules.disable': 'disable',
  'rules.suppress': 'suppress',
  'rules.save': 'save',
  'rules.restore': 'restore',
  'rules.except': 'except',
  'rules.unexcept': 'unexcept',
  'rules.undo': 'undo',
} as const satisfies Record<RuleChange['action'], string>;

const SIGNS = { same: ' ', added: '+', removed: '-' } as const;

/** Texts as lines that went and came; the first text of a rule needs no comparison. */
function Difference({ change }: { change: RuleChange }) {
  const { t } = useTranslation();
  if (change.before === undefined || change.after === undefined || change.thing === 'setting') return null;
  return (
    <details>
      <summary>{t('rules.whatChanged')}</summary>
      <pre className="raw diff">
        {diffLines(change.before, change.after).map(({ kind, text, key }) => (
          <span key={key} className={`diff-${kind}`}>
            {SIGNS[kind]} {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </details>
  );
}

function Change({ change, undoable }: { change: RuleChange; undoable: boolean }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const undo = useUndoChange();
  const act = () =>
    undo.mutateAsync(change.number).then(
      () => done(t('common.undone')),
      (error) => {
        message.error(errorText(error));
      },
    );
  const ask = () =>
    modal.confirm({ title: t('rules.undoTitle'), content: t('rules.undoHint'), okText: t('common.undo'), onOk: act });
  return (
    <li data-testid="change">
      <Time value={change.time} />
      <b>{change.by}</b>
      <span>{t(`rules.action.${ACTIONS[change.action]}`)}</span>
      {change.reason && <q>{change.reason}</q>}
      <span className="grow" />
      {undoable && (
        <Button size="small" onClick={ask} data-testid="undo-change">
          {t('common.undo')}
        </Button>
      )}
      <Difference change={change} />
    </li>
  );
}

export function History({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const query = useRuleChanges(rule.id);
  const may = useMay('rule.change');
  return (
    <Loaded
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty title={t('rules.noChanges')} hint={t('rules.noChangesHint')} />}
    >
      {({ items }) => {
        const newest = new Map(items.map(({ thing, key, number }) => [`${thing} ${key}`, number]));
        return (
          <ul className="change-list">
            {items.toReversed().map((change) => (
              <Change
                key={change.number}
                change={change}
                undoable={may && newest.get(`${change.thing} ${change.key}`) === change.number}
              />
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}
