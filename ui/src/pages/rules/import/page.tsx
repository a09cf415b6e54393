// SPDX-License-Identifier: Apache-2.0
// A pack of rules in steps: the archive, what it would change, in force. What is shown is what is put in force.
import { Steps } from 'antd';
import { useTranslation } from 'react-i18next';
import { PageHead } from '../../../components/page-head';
import { text, useUrlState } from '../../../lib/url-state';
import { RulesNav } from '../rules-nav';
import { Choose } from './choose';
import { Trial } from './trial';
import '../../../styles/rules.css';
import '../../../styles/packs.css';

const STATE = { id: text(), name: text() };

export function Component() {
  const { t } = useTranslation();
  const [{ id, name }, change] = useUrlState(STATE);
  const steps = [t('packs.step.file'), t('packs.step.trial'), t('packs.step.enforce')];
  return (
    <>
      <PageHead title={t('packs.import')} hint={t('packs.hint')} help="daily-work#packs" />
      <RulesNav current="packs" />
      <Steps className="pack-steps" size="small" current={id ? 1 : 0} items={steps.map((title) => ({ title }))} />
      {id ? (
        <Trial id={id} onAgain={() => change({ id: '' })} />
      ) : (
        <Choose name={name} onUploaded={(uploaded) => change({ id: uploaded })} />
      )}
    </>
  );
}
