// SPDX-License-Identifier: Apache-2.0
// One imported pack: its versions, which of them is in force, back to another, another by upload, and away.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { type PackVersion, usePackVersions, useRemovePack, useRollBackPack } from '../../../api/pack-queries';
import { useMay } from '../../../api/queries';
import { useRulePacks } from '../../../api/rules-queries';
import { Empty } from '../../../components/empty';
import { Loaded } from '../../../components/loaded';
import { PageHead } from '../../../components/page-head';
import { Panel } from '../../../components/panel';
import { Time } from '../../../components/time';
import { useDone } from '../../../components/use-done';
import { formatCount } from '../../../lib/format';
import { packImportPath } from '../../../lib/links';
import { RulesNav } from '../rules-nav';
import { rulesPath } from '../state';
import { useRuleError } from '../use-rule-error';
import { useAskReason } from '../use-switch';
import '../../../styles/rules.css';
import '../../../styles/packs.css';

function useRollBack(name: string, inForce: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const ask = useAskReason();
  const change = useRollBackPack();
  return (version: string) =>
    ask(
      {
        title: t('packs.backTitle', { name, version }),
        hint: t('packs.backHint', { version: inForce }),
        ok: t('packs.back'),
      },
      (reason) =>
        change.mutateAsync({ name, version, from: inForce, reason }).then(
          () =>
            done(t('packs.backDone', { name, version }), () =>
              change.mutateAsync({ name, version: inForce, from: version, reason: t('common.undo') }),
            ),
          (error) => {
            message.error(errorText(error));
          },
        ),
    );
}

function useRemove(name: string) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const { done } = useDone();
  const errorText = useRuleError();
  const navigate = useNavigate();
  const remove = useRemovePack();
  return () =>
    modal.confirm({
      title: t('packs.removeTitle', { name }),
      content: t('packs.removeHint'),
      okText: t('packs.remove'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync(name).then(
          () => {
            done(t('packs.removed', { name }));
            navigate(rulesPath({ view: 'packs' }));
          },
          (error) => {
            message.error(errorText(error));
          },
        ),
    });
}

function Row({ version, onBack }: { version: PackVersion; onBack?: () => void }) {
  const { t, i18n } = useTranslation();
  const { in_force, previous, loaded, refused } = version;
  return (
    <tr data-testid={`version-${version.version}`}>
      <th scope="row" className="mono">
        {version.version}
      </th>
      <td className="nowrap">
        {in_force && <span className="good">{t('packs.inForce')}</span>}
        {previous && !in_force && <span className="muted">{t('packs.before')}</span>}
      </td>
      <td className="number end">{formatCount(loaded, i18n.language)}</td>
      <td className="number end">{formatCount(refused, i18n.language)}</td>
      <td className="wrap">{version.licence ?? <span className="muted">{t('packs.noLicence')}</span>}</td>
      <td className="wrap mono">{version.origin}</td>
      <td className="nowrap">
        {version.imported_at && <Time value={version.imported_at} />} <span className="muted">{version.imported_by}</span>
      </td>
      <td className="nowrap">
        {onBack && (
          <Button size="small" onClick={onBack} data-testid={`back-${version.version}`}>
            {t('packs.back')}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Versions({ name, items }: { name: string; items: readonly PackVersion[] }) {
  const { t } = useTranslation();
  const may = useMay('rule.change');
  const inForce = items.find((version) => version.in_force)?.version ?? '';
  const back = useRollBack(name, inForce);
  return (
    <div className="table-box scroll-x">
      <table className="plain-table" data-testid="versions">
        <thead>
          <tr>
            <th>{t('packs.version')}</th>
            <th>{t('packs.state')}</th>
            <th className="end">{t('packs.rules')}</th>
            <th className="end">{t('packs.refused')}</th>
            <th>{t('rules.licence')}</th>
            <th>{t('rules.origin')}</th>
            <th>{t('rules.importedBy')}</th>
            <th aria-label={t('packs.back')} />
          </tr>
        </thead>
        <tbody>
          {items.map((version) => (
            <Row
              key={version.version}
              version={version}
              onBack={may && !version.in_force ? () => back(version.version) : undefined}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Component() {
  const { t, i18n } = useTranslation();
  const { name = '' } = useParams();
  const navigate = useNavigate();
  const may = useMay('rule.change');
  const pack = useRulePacks().data?.items.find((item) => item.name === name);
  const query = usePackVersions(name);
  const remove = useRemove(name);
  const count = (n: number) => formatCount(n, i18n.language);
  return (
    <>
      <PageHead title={t('packs.title', { name })} help="daily-work#packs">
        {may && (
          <>
            <Button onClick={remove} danger data-testid="pack-remove">
              {t('packs.remove')}
            </Button>
            <Button type="primary" onClick={() => navigate(packImportPath(name))} data-testid="pack-upgrade">
              {t('packs.upgrade')}
            </Button>
          </>
        )}
      </PageHead>
      <RulesNav current="packs" />
      {pack && (
        <p className="pack-line">
          <Link to={rulesPath({ pack: name })}>
            {t('packs.inPack', { rules: count(pack.rules), enabled: count(pack.rules_enabled) })}
          </Link>
          {!pack.enabled && <span className="bad">{t('packs.off')}</span>}
          {query.data?.changed_at && (
            <span className="muted">
              {t('packs.changed')} <Time value={query.data.changed_at} /> {query.data.changed_by}
            </span>
          )}
        </p>
      )}
      <Panel title={t('packs.versions')}>
        <Loaded query={query} rows={3} isEmpty={({ items }) => items.length === 0} empty={<Empty title={t('packs.noVersions')} />}>
          {({ items }) => <Versions name={name} items={items} />}
        </Loaded>
        <p className="muted rules-note">{t('packs.versionsHint')}</p>
      </Panel>
    </>
  );
}
