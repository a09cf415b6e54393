// SPDX-License-Identifier: Apache-2.0
// What every page begins with: its name, a few words, what one can do, and where the guide speaks of it.
import { QuestionCircleOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { HelpTopic } from '../pages/help/guide';

interface Props {
  title: ReactNode;
  hint?: ReactNode;
  help?: HelpTopic;
  /** What one can do here, at the right. */
  children?: ReactNode;
}

export function PageHead({ title, hint, help, children }: Props) {
  const { t } = useTranslation();
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {hint && <span className="muted">{hint}</span>}
      <span className="grow" />
      {children}
      {help && (
        <Link className="page-help" to={`/help/${help}`} aria-label={t('common.help')} title={t('common.help')}>
          <QuestionCircleOutlined />
        </Link>
      )}
    </div>
  );
}
