// SPDX-License-Identifier: Apache-2.0
// A new rule: from a template, or from a search. It is kept switched off, so that nobody is alarmed by a draft.
import { Alert, App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSession } from '../../../api/queries';
import { type RuleCoverage, useAddRule, useRuleCoverage } from '../../../api/rules-queries';
import { Loaded } from '../../../components/loaded';
import { PageHead } from '../../../components/page-head';
import { useDone } from '../../../components/use-done';
import { rulePath } from '../../../lib/links';
import { conjunction, template } from '../../../lib/sigma';
import { useUrlState } from '../../../lib/url-state';
import { Draft, useDraftCheck } from '../rule/draft';
import { HuntPanel } from '../rule/hunt';
import { NEW_STATE } from '../state';
import { useRuleError } from '../use-rule-error';
import '../../../styles/rules.css';

function useFirstText(search: string, origins: RuleCoverage['origins']): string {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const [text] = useState(() =>
    template({
      id: crypto.randomUUID(),
      author: session?.username ?? '',
      title: 'New rule',
      titleZh: t('rules.newTitle'),
      conditions: conjunction(search),
      origins,
    }),
  );
  return text;
}

function NewRule({ search, origins }: { search: string; origins: RuleCoverage['origins'] }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const navigate = useNavigate();
  const errorText = useRuleError();
  const add = useAddRule();
  const first = useFirstText(search, origins);
  const [text, setText] = useState(first);
  const check = useDraftCheck(text, true);
  const save = (enabled: boolean) =>
    add.mutateAsync({ text, enabled }).then(
      ({ id }) => {
        done(t(enabled ? 'rules.addedOn' : 'rules.addedOff'));
        navigate(rulePath(id));
      },
      (error) => {
        message.error(errorText(error));
      },
    );
  const isSimple = search === '' || conjunction(search) !== undefined;
  return (
    <>
      {!isSimple && <Alert className="notice" type="warning" showIcon title={t('rules.notSimple')} description={<code>{search}</code>} />}
      <div className="rule-body new-rule">
        <div>
          <Draft text={text} onChange={setText} readOnly={false} check={check} />
        </div>
        <section className="panel" aria-labelledby="try">
          <h2 id="try">{t('rules.tab.test')}</h2>
          <HuntPanel text={text} ready={check.loads} />
          <div className="actions new-actions">
            <Button
              type="primary"
              disabled={!check.loads}
              loading={add.isPending}
              onClick={() => save(false)}
              data-testid="add-rule"
            >
              {t('rules.addOff')}
            </Button>
            <Button disabled={!check.loads} loading={add.isPending} onClick={() => save(true)} data-testid="add-rule-on">
              {t('rules.addOn')}
            </Button>
          </div>
        </section>
      </div>
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [{ q }] = useUrlState(NEW_STATE);
  const query = useRuleCoverage();
  return (
    <>
      <PageHead title={t('rules.new')} hint={t('rules.newHint')} help="daily-work#rules" />
      <Loaded query={query}>
        {({ origins }) => <NewRule key={q} search={q} origins={origins} />}
      </Loaded>
    </>
  );
}
