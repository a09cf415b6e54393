// SPDX-License-Identifier: Apache-2.0
// What a rule is, beside its text: where it is from, what feeds it, what it belongs to, what is counted on one alert.
import { App, Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../../api/queries';
import { type RuleDetail, useSuppressRule } from '../../../api/rules-queries';
import { Panel } from '../../../components/panel';
import { FalsePositives, NextSteps } from '../../../components/rule-advice';
import { useRuleWords } from '../../../components/rule-title';
import { useTacticName } from '../../../components/tactic';
import { Technique } from '../../../components/technique';
import { Time } from '../../../components/time';
import { useDone } from '../../../components/use-done';
import { sourcePath } from '../../../lib/links';
import { usePackName } from '../packs';
import { Mark, RuleLinks, sourceText } from '../parts';
import { rulesPath } from '../state';
import { useRuleError } from '../use-rule-error';

const SPANS = ['10m', '1h', '6h', '1d'];
const FIELDS = ['source.ip', 'destination.ip', 'user.name', 'host.name'];

interface SuppressForm {
  for: string;
  by: string[];
}

/** "12h by user.name,source.ip", as the server writes it. */
function suppressOf({ suppress }: RuleDetail): SuppressForm | undefined {
  if (!suppress) return undefined;
  const [span = '', fields = ''] = suppress.split(' by ');
  return { for: span, by: fields.split(',').filter(Boolean) };
}

function Suppress({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const change = useSuppressRule();
  const { id, version } = rule;
  const set = (suppress: SuppressForm | null) =>
    change.mutateAsync({ id, version, suppress }).then(
      () => done(t('rules.suppressDone')),
      (error) => {
        message.error(errorText(error));
      },
    );
  return (
    <Form<SuppressForm>
      className="suppress"
      layout="vertical"
      initialValues={suppressOf(rule) ?? { for: '1h', by: ['source.ip'] }}
      onFinish={set}
      disabled={change.isPending}
    >
      <Form.Item name="by" label={t('rules.suppressBy')}>
        <Select mode="tags" maxCount={16} options={FIELDS.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item
        name="for"
        label={t('rules.suppressFor')}
        rules={[{ required: true, pattern: /^\d{1,4}[smhdw]$/, message: t('rules.suppressSpan') }]}
      >
        <Input className="span" list="suppress-spans" />
      </Form.Item>
      <datalist id="suppress-spans">
        {SPANS.map((span) => (
          <option key={span} value={span} />
        ))}
      </datalist>
      <div className="actions">
        <Button size="small" htmlType="submit">
          {t('rules.suppressSet')}
        </Button>
        {rule.suppress && (
          <Button size="small" onClick={() => set(null)}>
            {t('rules.suppressNone')}
          </Button>
        )}
      </div>
    </Form>
  );
}

function Sources({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const heard = rule.sources.filter((source) => source.heard);
  const shown = heard.length > 0 ? heard : rule.sources.slice(0, 8);
  return (
    <Panel title={t('rules.feeds')}>
      {rule.kind === 'detection' && (
        <p>
          <Link
            className="mono"
            to={rulesPath({
              source: rule.logsource.service ?? rule.logsource.category ?? rule.logsource.product ?? '',
            })}
          >
            {sourceText(rule.logsource)}
          </Link>
        </p>
      )}
      <p className={rule.fed ? 'good' : 'bad'}>{t(rule.fed ? 'rules.fedYes' : 'rules.fedNo')}</p>
      <ul className="rule-links">
        {shown.map(({ id, title, heard: talks }) => (
          <li key={id}>
            <Link to={sourcePath(id)}>{title || id}</Link>{' '}
            <span className="muted">{t(talks ? 'rules.talks' : 'rules.talksNot')}</span>
          </li>
        ))}
      </ul>
      {rule.kind === 'detection' && rule.sources.length === 0 && <p className="muted">{t('rules.noSources')}</p>}
      {rule.refers_to.length > 0 && (
        <>
          <h3>{t('rules.refersTo')}</h3>
          <RuleLinks rules={rule.refers_to} />
        </>
      )}
      {rule.referred_by.length > 0 && (
        <>
          <h3>{t('rules.referredBy')}</h3>
          <RuleLinks rules={rule.referred_by} />
        </>
      )}
    </Panel>
  );
}

export function Facts({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const tacticName = useTacticName();
  const packName = usePackName();
  const may = useMay('rule.change');
  const { setting } = rule;
  const description = useRuleWords()(rule.description, rule.description_zh);
  const suppressed = suppressOf(rule);
  return (
    <div className="facts">
      <Panel title={t('rules.about')}>
        {description && (
          <p className="about" data-testid="rule-description">
            {description}
          </p>
        )}
        <NextSteps rule={rule} />
        <FalsePositives rule={rule} />
        <dl className="pairs">
          <div>
            <dt>{t('rules.pack')}</dt>
            <dd>
              <Link to={rulesPath({ pack: rule.pack })}>{packName(rule.pack)}</Link>{' '}
              {rule.replaces && <Mark tone="plain">{t('rules.replacesShipped')}</Mark>}
            </dd>
          </div>
          {rule.author && (
            <div>
              <dt>{t('rules.author')}</dt>
              <dd>{rule.author}</dd>
            </div>
          )}
          <div>
            <dt>ATT&amp;CK</dt>
            <dd>
              {rule.tactics.map((name) => (
                <Link key={name} className="pair" to={rulesPath({ tactic: name })}>
                  {tacticName(name)}
                </Link>
              ))}
              {rule.techniques.map((id) => (
                <Link key={id} className="pair" to={rulesPath({ technique: id })}>
                  <Technique id={id} />
                </Link>
              ))}
            </dd>
          </div>
          {setting && (
            <div>
              <dt>{t('rules.lastDecision')}</dt>
              <dd>
                {setting.by} <Time value={setting.time} />
                {setting.reason && <q>{setting.reason}</q>}
              </dd>
            </div>
          )}
        </dl>
      </Panel>
      <Sources rule={rule} />
      {rule.kind === 'detection' && (
        <Panel title={t('rules.suppress')}>
          <p>
            {suppressed
              ? t(suppressed.by.length > 0 ? 'rules.suppressed' : 'rules.suppressedAll', {
                  span: suppressed.for,
                  fields: suppressed.by.join(t('common.comma')),
                })
              : t('rules.unsuppressed')}
          </p>
          {may && <Suppress rule={rule} />}
        </Panel>
      )}
    </div>
  );
}
