// SPDX-License-Identifier: Apache-2.0
// Exceptions: what makes no alerts, who decided so, why, and until when.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/queries';
import { type RuleException, useEndException, useRuleChanges, useUndoChange } from '../../api/rules-queries';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';
import { Mark, RuleLinks } from './parts';
import { useRuleError } from './use-rule-error';

const TONES = { holds: 'good', expired: 'plain', idle: 'warn' } as const;

/** Ends it after a question; the change itself is the way back. */
function EndButton({ exception }: { exception: RuleException }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const end = useEndException();
  const undo = useUndoChange();
  const rule = exception.rules[0]?.id ?? '';
  const changes = useRuleChanges(rule);
  const back = async () => {
    const { data } = await changes.refetch();
    const last = data?.items.filter(({ key }) => key === exception.id).at(-1);
    if (last) await undo.mutateAsync(last.number);
  };
  const act = () =>
    end.mutateAsync(exception.id).then(
      () => done(t('rules.exceptionEnded'), back),
      (error) => {
        message.error(errorText(error));
      },
    );
  const ask = () =>
    modal.confirm({
      title: t('rules.endTitle'),
      content: t('rules.endHint'),
      okText: t('rules.end'),
      okButtonProps: { danger: true },
      onOk: act,
    });
  return (
    <Button size="small" onClick={ask} data-testid="end-exception">
      {t('rules.end')}
    </Button>
  );
}

/** The lines of the filter that say what is excepted: the rest of its text is said beside. */
function whatOf(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^filter:/.test(line));
  return lines
    .slice(start + 1)
    .filter((line) => line.trim())
    .map((line) => line.slice(2))
    .join('\n');
}

export function ExceptionList({ items, withRules }: { items: readonly RuleException[]; withRules: boolean }) {
  const { t } = useTranslation();
  const may = useMay('rule.change');
  return (
    <ul className="exception-list" data-testid="exceptions">
      {items.map((exception) => (
        <li key={exception.id} className="panel">
          <div className="panel-head">
            <h3>
              <Mark tone={TONES[exception.state]}>{t(`rules.exceptionState.${exception.state}`)}</Mark>
              {exception.title}
            </h3>
            {may && exception.removable && <EndButton exception={exception} />}
          </div>
          <dl className="pairs">
            <div>
              <dt>{t('rules.reason')}</dt>
              <dd>{exception.reason}</dd>
            </div>
            <div>
              <dt>{t('rules.author')}</dt>
              <dd>{exception.author}</dd>
            </div>
            <div>
              <dt>{t('rules.until')}</dt>
              <dd>{exception.expires ? <Time value={exception.expires} /> : t('rules.never')}</dd>
            </div>
            {withRules && (
              <div>
                <dt>{t('rules.forRules')}</dt>
                <dd>
                  {exception.any ? (
                    t('rules.anyRule', { value: exception.applied })
                  ) : (
                    <RuleLinks rules={exception.rules} />
                  )}
                </dd>
              </div>
            )}
          </dl>
          {exception.text && <pre className="raw">{whatOf(exception.text)}</pre>}
        </li>
      ))}
    </ul>
  );
}
