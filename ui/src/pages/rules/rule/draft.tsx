// SPDX-License-Identifier: Apache-2.0
// A rule's text being written: the editor, and below it what is doubtful about it, checked while one types.
import { Alert, Skeleton } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type RuleFinding, useRuleCheck } from '../../../api/rules-queries';

const Editor = lazy(() => import('./editor'));
const TYPING_MS = 400;
const NONE: readonly RuleFinding[] = [];
const RANK = { error: 0, warning: 1, notice: 2 };

/** The text once somebody paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** What is wrong with the text as it stands; checking: not known yet. */
export function useDraftCheck(text: string, enabled: boolean) {
  const settled = useSettled(text);
  const { data, error, isFetching } = useRuleCheck(enabled ? settled : '');
  const checking = enabled && (isFetching || settled !== text);
  return { findings: data?.findings ?? NONE, loads: data?.loads === true && !checking, checking, error };
}

const CODES = [
  'refused',
  'never-true',
  'always-true',
  'never-selection',
  'unused-selection',
  'unknown-field',
  'suppress-field',
  'duplicate',
  'unknown-attack',
  'newer-attack',
  'no-attack',
  'same-title',
  'slow-regex',
  'incomplete',
] as const;

/** What kind of finding it is, in the console's language; the server says the particulars. */
function useCodeName(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => {
    const known = CODES.find((name) => name === code);
    return known ? t(`rules.code.${known}`) : code;
  };
}

function Findings({
  findings,
  onGo,
}: {
  findings: readonly RuleFinding[];
  onGo: (finding: RuleFinding) => void;
}) {
  const { t } = useTranslation();
  const codeName = useCodeName();
  const sorted = [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.line - b.line);
  return (
    <ul className="findings" data-testid="findings">
      {sorted.map((finding) => (
        <li key={`${finding.code}${finding.line}:${finding.column}${finding.message}`}>
          <span className={`finding finding-${finding.severity}`}>
            {t(`rules.severity.${finding.severity}`)}
          </span>
          <button type="button" className="value number" onClick={() => onGo(finding)}>
            {t('rules.place', { line: finding.line, column: finding.column })}
          </button>
          <span className="grow">{finding.message}</span>
          <span className="muted" title={finding.code}>
            {codeName(finding.code)}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface Props {
  text: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  check: ReturnType<typeof useDraftCheck>;
}

export function Draft({ text, onChange, readOnly, check }: Props) {
  const { t } = useTranslation();
  const [jump, setJump] = useState<{ line: number; column: number; count: number }>();
  const go = ({ line, column }: RuleFinding) =>
    setJump((before) => ({ line, column, count: (before?.count ?? 0) + 1 }));
  return (
    <>
      <div className="editor-box">
        <Suspense fallback={<Skeleton active paragraph={{ rows: 14 }} />}>
          <Editor
            value={text}
            onChange={onChange}
            findings={check.findings}
            readOnly={readOnly}
            label={t('rules.yaml')}
            jump={jump}
          />
        </Suspense>
      </div>
      {!readOnly && check.error && <Alert type="warning" showIcon title={t('rules.checkFailed')} />}
      {!readOnly && (
        <p className="check-line" role="status" data-testid="check">
          {check.checking ? (
            <span className="muted">{t('rules.checking')}</span>
          ) : check.loads ? (
            <span className="good">{t('rules.loads')}</span>
          ) : (
            <span className="bad">{t('rules.loadsNot')}</span>
          )}
        </p>
      )}
      <Findings findings={check.findings} onGo={go} />
    </>
  );
}
