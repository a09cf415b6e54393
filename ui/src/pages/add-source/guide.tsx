// SPDX-License-Identifier: Apache-2.0
// How one device is told to send here, with this server's address and port filled in.
import { Alert, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Onboarding, OnboardingStep } from '../../api/sources-queries';
import { Panel } from '../../components/panel';
import { type Filling, fillIn, listenerOf } from '../../lib/sources';
import { useWords } from './devices';
import { Snippet } from './snippet';

const LOCAL = /^(localhost|127\.|::1)/;
/** What listens on every address, by the ports that devices expect. */
const OPEN: Record<string, string> = {
  syslog_udp: ':514',
  syslog_tcp: ':514',
  syslog_tls: ':6514',
  ingest: ':5580',
  flow: ':2055',
  sflow: ':6343',
  snmp_trap: ':162',
};

interface Props {
  device: Onboarding;
  /** As wanglou.yaml has the listener; undefined where the device sends to none. */
  address: string | undefined;
  filling: Filling;
  onFill: (part: Partial<Filling>) => void;
}

/** Why nothing would come, and the line of wanglou.yaml that mends it. */
function Reachable({ device, address, filling }: Omit<Props, 'onFill'>) {
  const { t } = useTranslation();
  if (address === undefined) return null;
  const { reach, port } = listenerOf(address);
  if (reach === 'open')
    return LOCAL.test(filling.host) ? (
      <Alert className="wizard-note" type="info" showIcon title={t('sources.wizard.addressIsLocal')} />
    ) : null;
  const open = port === '' ? OPEN[device.transport] : `:${port}`;
  return (
    <Alert
      className="wizard-note"
      type="warning"
      showIcon
      data-testid={`listener-${reach}`}
      title={t(`sources.wizard.${reach}`)}
      description={
        <>
          {t(`sources.wizard.${reach}Hint`)}
          <Snippet file="wanglou.yaml" text={`listen:\n  ${device.transport}: ':${open?.slice(1)}'`} />
        </>
      }
    />
  );
}

function Fill({ device, filling, onFill }: Omit<Props, 'address'>) {
  const { t } = useTranslation();
  const needsToken = device.steps.some(({ snippet }) => snippet?.includes('{{token}}'));
  const field = (name: keyof Filling, className?: string) => (
    <label title={name === 'host' ? t('sources.wizard.hostHint') : undefined}>
      {t(`sources.wizard.${name}`)}
      <Input
        className={className}
        value={filling[name]}
        maxLength={253}
        spellCheck={false}
        placeholder={name === 'token' ? t('sources.wizard.tokenHint') : undefined}
        onChange={(event) => onFill({ [name]: event.target.value.trim() })}
        data-testid={`fill-${name}`}
      />
    </label>
  );
  return (
    <div className="wizard-fill">
      {field('host')}
      {field('port', 'wizard-port')}
      {needsToken && field('token')}
    </div>
  );
}

function Tags({ device }: { device: Onboarding }) {
  const { t } = useTranslation();
  return (
    <div className="wizard-tags">
      <span className="muted">{t(`sources.wizard.transport.${device.transport}`)}</span>
      {device.tried_on ? (
        <span className="wizard-tried">{t('sources.wizard.triedOn', { what: device.tried_on })}</span>
      ) : (
        <span className="wizard-untried" data-testid="untried">
          {t('sources.wizard.untried')}
        </span>
      )}
    </div>
  );
}

function Step({ step, filling }: { step: OnboardingStep; filling: Filling }) {
  const words = useWords();
  return (
    <>
      <p>{fillIn(words(step.text), filling)}</p>
      {step.snippet && <Snippet file={step.file} text={fillIn(step.snippet, filling)} />}
    </>
  );
}

function Origin({ device }: { device: Onboarding }) {
  const { t } = useTranslation();
  const words = useWords();
  const { doubt, links, expect } = device;
  return (
    <dl className="pairs">
      {doubt && (
        <div>
          <dt>{t('sources.wizard.doubt')}</dt>
          <dd>{words(doubt)}</dd>
        </div>
      )}
      {expect.length > 0 && (
        <div>
          <dt>{t('sources.wizard.expect')}</dt>
          <dd className="mono">{expect.join(' ')}</dd>
        </div>
      )}
      {links.length > 0 && (
        <div>
          <dt>{t('sources.wizard.links')}</dt>
          <dd>{links.join('  ')}</dd>
        </div>
      )}
    </dl>
  );
}

export function Guide({ device, address, filling, onFill }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const sends = address !== undefined;
  return (
    <Panel title={words(device.name)} extra={<span className="muted">{device.vendor}</span>}>
      <div data-testid="guide">
        <Tags device={device} />
        <Reachable device={device} address={address} filling={filling} />
        {sends && <Fill device={device} filling={filling} onFill={onFill} />}
        <h3>{t('sources.wizard.steps')}</h3>
        <ol className="wizard-steps">
          {device.steps.map((step) => (
            <li key={step.text.en}>
              <Step step={step} filling={filling} />
            </li>
          ))}
        </ol>
        <h3>{t('sources.wizard.test')}</h3>
        <Step step={device.test} filling={filling} />
        <Origin device={device} />
      </div>
    </Panel>
  );
}
