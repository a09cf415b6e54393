// SPDX-License-Identifier: Apache-2.0
// One rule: its text, tested against the past before it is changed, what came of it, what is excepted, who changed it.
import { App, Button, Switch, Tabs } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useMay } from '../../../api/queries';
import {
  type RuleDetail,
  useRestoreRule,
  useRule,
  useRuleChanges,
  useSaveRule,
  useUndoChange,
} from '../../../api/rules-queries';
import { Crumbs } from '../../../components/crumbs';
import { Loaded } from '../../../components/loaded';
import { PageHead } from '../../../components/page-head';
import { useRuleTitle } from '../../../components/rule-title';
import { LevelTag } from '../../../components/tags';
import { useDone } from '../../../components/use-done';
import { useUrlState } from '../../../lib/url-state';
import { ExceptionList } from '../exceptions';
import { RuleLinks, RuleMarks } from '../parts';
import { RULE_STATE, rulesPath, TABS, VIEWS } from '../state';
import { useRuleError } from '../use-rule-error';
import { useSwitch } from '../use-switch';
import { Draft, useDraftCheck } from './draft';
import { ExceptionForm, ExceptionFromAlert } from './exception-form';
import { Facts } from './facts';
import { History } from './history';
import { HuntPanel } from './hunt';
import { Statistics } from './statistics';
import '../../../styles/rules.css';

type Check = ReturnType<typeof useDraftCheck>;

/** The text as somebody is changing it; follows the server's while nobody does. */
function useDraft(rule: RuleDetail) {
  const [text, setText] = useState(rule.yaml);
  const [base, setBase] = useState({ text: rule.yaml, version: rule.version });
  const isDirty = text !== base.text;
  useEffect(() => {
    if (isDirty) return;
    setText(rule.yaml);
    setBase({ text: rule.yaml, version: rule.version });
  }, [rule.yaml, rule.version, isDirty]);
  const reset = () => setText(base.text);
  const accept = (saved: RuleDetail) => {
    setBase({ text: saved.yaml, version: saved.version });
    setText(saved.yaml);
  };
  return { text, setText, version: base.version, isDirty, reset, accept };
}

type DraftState = ReturnType<typeof useDraft>;

function useSave(rule: RuleDetail, draft: DraftState) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const save = useSaveRule();
  const undo = useUndoChange();
  const changes = useRuleChanges(rule.id);
  const back = async () => {
    const { data } = await changes.refetch();
    const last = data?.items.filter(({ thing }) => thing === 'text').at(-1);
    if (last) await undo.mutateAsync(last.number);
  };
  const act = () =>
    save.mutateAsync({ id: rule.id, version: draft.version, text: draft.text }).then(
      (saved) => {
        draft.accept(saved);
        done(t('rules.saved'), back);
      },
      (error) => {
        message.error(errorText(error));
      },
    );
  return { act, pending: save.isPending };
}

function Restore({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const { done } = useDone();
  const navigate = useNavigate();
  const errorText = useRuleError();
  const restore = useRestoreRule();
  const { id, version, replaces } = rule;
  const act = () =>
    restore.mutateAsync({ id, version }).then(
      () => {
        done(t(replaces ? 'rules.restored' : 'rules.deleted'));
        if (!replaces) navigate(rulesPath({}));
      },
      (error) => {
        message.error(errorText(error));
      },
    );
  const ask = () =>
    modal.confirm({
      title: t(replaces ? 'rules.restoreTitle' : 'rules.deleteTitle'),
      content: t(replaces ? 'rules.restoreHint' : 'rules.deleteHint'),
      okText: t(replaces ? 'rules.restore' : 'rules.delete'),
      okButtonProps: { danger: true },
      onOk: act,
    });
  return (
    <Button danger onClick={ask} loading={restore.isPending}>
      {t(replaces ? 'rules.restore' : 'rules.delete')}
    </Button>
  );
}

function TextTab({ rule, draft, check }: { rule: RuleDetail; draft: DraftState; check: Check }) {
  const { t } = useTranslation();
  const may = useMay('rule.change');
  const { act, pending } = useSave(rule, draft);
  return (
    <div className="rule-body">
      <div>
        {may && (
          <div className="editor-bar">
            <span className="muted mono">{rule.file}</span>
            <span className="grow" />
            {rule.local && <Restore rule={rule} />}
            <Button onClick={draft.reset} disabled={!draft.isDirty}>
              {t('rules.discard')}
            </Button>
            <Button
              type="primary"
              onClick={act}
              loading={pending}
              disabled={!draft.isDirty || !check.loads}
              data-testid="save-rule"
            >
              {t(rule.local ? 'common.save' : 'rules.saveCopy')}
            </Button>
          </div>
        )}
        {may && !rule.local && <p className="muted rules-note">{t('rules.copyHint')}</p>}
        <Draft text={draft.text} onChange={draft.setText} readOnly={!may} check={check} />
      </div>
      <Facts rule={rule} />
    </div>
  );
}

function TestTab({ rule, draft, check }: { rule: RuleDetail; draft: DraftState; check: Check }) {
  const { t } = useTranslation();
  const { on, pending } = useSwitch();
  const { act, pending: saving } = useSave(rule, draft);
  return (
    <HuntPanel text={draft.text} rule={rule.id} ready={check.loads}>
      {draft.isDirty && (
        <Button onClick={act} loading={saving} disabled={!check.loads}>
          {t(rule.local ? 'common.save' : 'rules.saveCopy')}
        </Button>
      )}
      {!rule.enabled && (
        <Button onClick={() => on([rule.id])} loading={pending} disabled={draft.isDirty} data-testid="enable-now">
          {t('rules.enableNow')}
        </Button>
      )}
    </HuntPanel>
  );
}

function ExceptionsTab({ rule, alert }: { rule: RuleDetail; alert: string }) {
  const { t } = useTranslation();
  const may = useMay('rule.change');
  if (rule.kind === 'correlation')
    return (
      <>
        <p>{t('rules.correlationExceptions')}</p>
        <RuleLinks rules={rule.refers_to} />
      </>
    );
  return (
    <div className="rule-body new-rule">
      <div>
        {rule.exception_list.length === 0 && <p className="muted">{t('rules.noneHere')}</p>}
        <ExceptionList items={rule.exception_list} withRules={false} />
      </div>
      {may && (
        <section className="panel" aria-labelledby="new-exception">
          <h2 id="new-exception">{t('rules.newException')}</h2>
          {alert ? <ExceptionFromAlert rule={rule} id={alert} /> : <ExceptionForm rule={rule} />}
        </section>
      )}
    </div>
  );
}

function Rule({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const titleOf = useRuleTitle();
  const may = useMay('rule.change');
  const [state, change] = useUrlState(RULE_STATE);
  const { on, off, pending } = useSwitch();
  const draft = useDraft(rule);
  const check = useDraftCheck(draft.text, may);
  const tabs = TABS.filter((tab) => may || tab !== 'test');
  const current = tabs.find((tab) => tab === state.tab) ?? 'text';
  const content = {
    text: <TextTab rule={rule} draft={draft} check={check} />,
    test: <TestTab rule={rule} draft={draft} check={check} />,
    statistics: <Statistics rule={rule} />,
    exceptions: <ExceptionsTab rule={rule} alert={state.alert} />,
    history: <History rule={rule} />,
  };
  return (
    <>
      <Crumbs above={[['/rules', t('nav.rules')]]} />
      <PageHead title={titleOf(rule.title, rule.title_zh)} help="daily-work#rules">
        <LevelTag level={rule.level} />
        <RuleMarks rule={rule} />
        <span className="rule-switch">
          {t(rule.enabled ? 'rules.isOn' : 'rules.isOff')}
          <Switch
            checked={rule.enabled}
            disabled={!may || pending}
            onChange={(wanted) => (wanted ? on([rule.id]) : off([rule.id]))}
            aria-label={t('rules.switchLabel', { title: titleOf(rule.title, rule.title_zh) })}
            data-testid="rule-switch"
          />
        </span>
      </PageHead>
      <Tabs
        activeKey={current}
        onChange={(tab) => change({ tab })}
        items={tabs.map((tab) => ({
          key: tab,
          label: t(`rules.tab.${tab}`),
          children: content[tab],
        }))}
        data-testid="rule-tabs"
      />
    </>
  );
}

function Asked({ id }: { id: string }) {
  const query = useRule(id);
  return (
    <Loaded query={query} rows={14}>
      {(rule) => <Rule key={rule.id} rule={rule} />}
    </Loaded>
  );
}

/** /rules/packs, which one gets from a pack's address by leaving its end away, is the list of packs. */
export function Component() {
  const { id = '' } = useParams();
  const view = VIEWS.find((each) => each === id);
  return view ? <Navigate to={rulesPath({ view })} replace /> : <Asked id={id} />;
}
