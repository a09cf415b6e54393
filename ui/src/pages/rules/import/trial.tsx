// SPDX-License-Identifier: Apache-2.0
// The second step: what the pack is and would change; and, as a step of its own, that it is put in force.
import { Alert, App, Button, Input, Progress } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import {
  isTried,
  type PackImport,
  useDropPackImport,
  useEnforcePack,
  usePackImport,
  useRemovePack,
  useRollBackPack,
} from '../../../api/pack-queries';
import { Loaded } from '../../../components/loaded';
import { Panel } from '../../../components/panel';
import { useDone } from '../../../components/use-done';
import { formatCount } from '../../../lib/format';
import { packPath } from '../../../lib/links';
import { useRuleError } from '../use-rule-error';
import { Differences } from './report';

function Facts({ report }: { report: PackImport }) {
  const { t, i18n } = useTranslation();
  const count = (n: number | undefined) => formatCount(n ?? 0, i18n.language);
  const { name, base, version, origin, licence, sha256, files, loaded, refused } = report;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t('rules.pack'), name],
    [
      t('packs.version'),
      <span key="version" className="mono" data-testid="pack-versions">
        {base ? `${base} → ${version}` : t('packs.newVersion', { version })}
      </span>,
    ],
    [t('packs.rules'), t('packs.rulesOf', { loaded: count(loaded), files: count(files), refused: count(refused) })],
    [t('rules.licence'), licence || <span className="bad">{t('packs.noLicence')}</span>],
    [t('packs.file'), <span key="file" className="mono">{origin}</span>],
    ['SHA-256', <span key="digest" className="mono pack-digest">{sha256}</span>],
  ];
  return (
    <dl className="pairs pack-facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Verdict({ report }: { report: PackImport }) {
  const { t } = useTranslation();
  if (report.same) return <Alert type="info" showIcon title={t('packs.same', { version: report.base })} data-testid="pack-same" />;
  if (report.taken)
    return <Alert type="warning" showIcon title={t('packs.taken', { version: report.version })} data-testid="pack-taken" />;
  if (report.losses)
    return <Alert type="warning" showIcon title={t('packs.willLose', { count: report.losses })} data-testid="pack-loses" />;
  return null;
}

function useEnforce(id: string, report: PackImport) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const navigate = useNavigate();
  const enforce = useEnforcePack();
  const rollBack = useRollBackPack();
  const remove = useRemovePack();
  const act = (reason: string) =>
    enforce.mutateAsync({ id, seen: report, reason: reason.trim() || undefined }).then(
      ({ name, version }) => {
        const { base } = report;
        const back = () =>
          base
            ? rollBack.mutateAsync({ name, version: base, from: version, reason: t('common.undo') })
            : remove.mutateAsync(name).then(() => navigate('/rules?view=packs'));
        done(t('packs.enforced', { name, version }), back);
        navigate(packPath(name));
      },
      (error) => {
        message.error(errorText(error));
      },
    );
  return { act, pending: enforce.isPending };
}

function Done({ id, report, onDrop }: { id: string; report: PackImport; onDrop: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const { act, pending } = useEnforce(id, report);
  return (
    <>
      <Panel title={t('packs.found')} className="pack-found">
        <Verdict report={report} />
        <Facts report={report} />
        <div className="pack-act">
          <Input
            value={reason}
            maxLength={1000}
            placeholder={t('packs.why')}
            aria-label={t('packs.why')}
            onChange={({ target }) => setReason(target.value)}
          />
          <Button
            type="primary"
            disabled={report.same || report.taken}
            loading={pending}
            onClick={() => act(reason)}
            data-testid="pack-enforce"
          >
            {t('packs.enforce')}
          </Button>
          <Button onClick={onDrop} data-testid="pack-drop">
            {t('packs.drop')}
          </Button>
        </div>
        <p className="muted rules-note">{t('packs.enforceHint')}</p>
      </Panel>
      <Panel title={t(report.base ? 'packs.differences' : 'packs.remarks', { version: report.base })}>
        <Differences report={report} />
      </Panel>
    </>
  );
}

export function Trial({ id, onAgain }: { id: string; onAgain: () => void }) {
  const { t } = useTranslation();
  const query = usePackImport(id);
  const drop = useDropPackImport();
  const end = () => drop.mutate(id, { onSettled: onAgain });
  return (
    <Loaded query={query} rows={4}>
      {(report) => (
        <div data-testid="pack-trial" data-state={report.state}>
          {!isTried(report) && (
            <Panel title={t('packs.found')}>
              <Progress percent={100} status="active" showInfo={false} size="small" aria-label={t('packs.trying')} />
              <p className="muted">{t(report.state === 'waiting' ? 'packs.waiting' : 'packs.trying')}</p>
            </Panel>
          )}
          {report.state === 'failed' && (
            <Alert
              type="error"
              showIcon
              title={t('packs.failed')}
              description={<span className="mono">{report.reason}</span>}
              action={
                <Button size="small" onClick={end}>
                  {t('packs.another')}
                </Button>
              }
            />
          )}
          {report.state === 'done' && <Done id={id} report={report} onDrop={end} />}
        </div>
      )}
    </Loaded>
  );
}
