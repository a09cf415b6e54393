// SPDX-License-Identifier: Apache-2.0
// Where nothing has arrived yet: how to send the first log line.
import { useTranslation } from 'react-i18next';
import { useStatus } from '../../api/queries';
import { CopyButton } from '../../components/copy-button';
import { Panel } from '../../components/panel';
import { snippets } from '../../lib/snippets';

export function FirstSteps() {
  const { t } = useTranslation();
  const { data: status } = useStatus();
  if (status?.store.events) return <p className="panel panel-empty muted">{t('firstSteps.widen')}</p>;
  return (
    <Panel title={t('firstSteps.title')} className="first-steps">
      <p className="muted">{t('firstSteps.intro')}</p>
      {snippets(location.hostname).map(({ id, text }) => (
        <section key={id}>
          <div className="section-head">
            <h3>{t(`firstSteps.${id}`)}</h3>
            <CopyButton text={text} />
          </div>
          <pre className="raw">{text}</pre>
        </section>
      ))}
    </Panel>
  );
}
