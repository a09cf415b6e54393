// SPDX-License-Identifier: Apache-2.0
import { QuestionCircleOutlined } from '@ant-design/icons';
import { Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const EXAMPLES = [
  { id: 'equals', query: 'source.ip: 203.0.113.7' },
  { id: 'cidr', query: 'source.ip: 10.0.0.0/8 and event.outcome: failure' },
  { id: 'any', query: 'user.name: (root or admin)' },
  { id: 'not', query: 'not event.dataset: nginx_access' },
  { id: 'range', query: 'http.response.status_code >= 500' },
  { id: 'wildcard', query: 'url.path: *wp-login.php' },
  { id: 'phrase', query: 'message: "Failed password"' },
  { id: 'exists', query: 'process.command_line: *' },
] as const;

export function QueryHelp({ onUse }: { onUse: (query: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const use = (query: string) => {
    setOpen(false);
    onUse(query);
  };
  const examples = (
    <div className="query-help">
      <p className="muted">{t('queryHelp.intro')}</p>
      <dl className="pairs">
        {EXAMPLES.map(({ id, query }) => (
          <div key={id}>
            <dt>{t(`queryHelp.${id}`)}</dt>
            <dd>
              <button type="button" className="value mono" onClick={() => use(query)}>
                {query}
              </button>
            </dd>
          </div>
        ))}
      </dl>
      <p className="muted">{t('queryHelp.drag')}</p>
    </div>
  );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('queryHelp.title')}
      content={examples}
      open={open}
      onOpenChange={setOpen}
    >
      <Button icon={<QuestionCircleOutlined />} aria-label={t('queryHelp.title')} data-testid="query-help" />
    </Popover>
  );
}
