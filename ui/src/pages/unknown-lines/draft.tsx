// SPDX-License-Identifier: Apache-2.0
// The drafted format of a template's lines, and what to do with it.
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../../api/sources-queries';
import { CopyButton } from '../../components/copy-button';
import { Loaded } from '../../components/loaded';
import { conceal } from '../../lib/hidden';
import { download } from '../../lib/csv';

interface Props {
  id: string | undefined;
  onClose: () => void;
}

function Command({ text }: { text: string }) {
  return (
    <div className="snippet-head">
      <code className="mono">{text}</code>
      <CopyButton text={text} />
    </div>
  );
}

export function Draft({ id, onClose }: Props) {
  const { t } = useTranslation();
  const query = useDraft(id);
  return (
    <Modal title={t('sources.lines.draftTitle')} open={id !== undefined} onCancel={onClose} footer={null} width={860} destroyOnHidden>
      <Loaded query={query}>
        {({ file, yaml, templates }) => (
          <div data-testid="draft">
            <p className="muted">{t('sources.lines.draftIntro', { value: templates })}</p>
            <div className="snippet-head">
              <span className="mono">{file}</span>
              <span>
                <CopyButton text={yaml} />
                <Button
                  size="small"
                  type="text"
                  icon={<DownloadOutlined />}
                  onClick={() => download(file, 'application/yaml', conceal(yaml))}
                  data-testid="draft-download"
                >
                  {t('sources.lines.download')}
                </Button>
              </span>
            </div>
            <pre className="raw draft-yaml" tabIndex={0} data-testid="draft-yaml">
              {yaml}
            </pre>
            <ol className="draft-todo">
              <li>
                {t('sources.lines.todo.put')}
                <Command text={`content/sources/${file}`} />
              </li>
              <li>
                {t('sources.lines.todo.test')}
                <Command text={`wanglou sources test content/sources/${file}`} />
              </li>
              <li>{t('sources.lines.todo.restart')}</li>
            </ol>
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
