// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/copy-button';

/** Something to paste, and where. */
export function Snippet({ text, file }: { text: string; file?: string }) {
  const { t } = useTranslation();
  const whole = text.trimEnd();
  return (
    <div className="snippet">
      <div className="snippet-head">
        <span className="mono muted">{file && `${t('sources.wizard.file')} ${file}`}</span>
        <CopyButton text={`${whole}\n`} />
      </div>
      {/* Focusable, so that it can be scrolled by keyboard. */}
      <pre className="raw" tabIndex={0} data-testid="snippet">
        {whole}
      </pre>
    </div>
  );
}
