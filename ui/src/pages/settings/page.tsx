// SPDX-License-Identifier: Apache-2.0
// The settings in force, to be looked at: what holds, where it was said, what it is. They are changed on the machine.
import { Alert, Checkbox, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Setting, type Settings, useSettings } from '../../api/admin-queries';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Panel } from '../../components/panel';
import { useSettingDoc } from '../../components/setting-doc';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { flag, text, useUrlState } from '../../lib/url-state';
import '../../styles/parts.css';
import '../../styles/settings.css';

const STATE = { q: text(), only: flag };

const groupOf = ({ name }: Setting) => name.slice(0, name.indexOf('.'));

/** Settings that stand together, in the order of the file. */
function inGroups(items: readonly Setting[]): [string, Setting[]][] {
  const groups = new Map<string, Setting[]>();
  for (const setting of items) groups.set(groupOf(setting), [...(groups.get(groupOf(setting)) ?? []), setting]);
  return [...groups];
}

function Value({ value }: { value: string }) {
  const { t } = useTranslation();
  return value ? <span className="mono">{value}</span> : <span className="muted">{t('settings.empty')}</span>;
}

function Row({ setting }: { setting: Setting }) {
  const { t } = useTranslation();
  const doc = useSettingDoc();
  const { name, value, line } = setting;
  return (
    <tr data-testid={`setting-${name}`} className={line ? 'setting-set' : undefined}>
      <th scope="row" className="mono">
        {name}
      </th>
      <td className="setting-value">
        <Value value={value} />
      </td>
      <td className="nowrap">
        {line ? t('settings.line', { line }) : <span className="muted">{t('settings.isDefault')}</span>}
      </td>
      <td className="setting-value">
        {value === setting.default ? <span className="muted">{t('settings.same')}</span> : <Value value={setting.default} />}
      </td>
      <td>{doc(setting)}</td>
    </tr>
  );
}

function Group({ name, items }: { name: string; items: readonly Setting[] }) {
  const { t, i18n } = useTranslation();
  const known = i18n.exists(`settings.group.${name}`) ? t(`settings.group.${name}` as 'settings.group.listen') : name;
  return (
    <Panel title={known} className="setting-group">
      <div className="table-box scroll-x">
        <table className="plain plain-lined plain-wide settings-table">
          <thead>
            <tr>
              <th>{t('settings.name')}</th>
              <th>{t('settings.value')}</th>
              <th>{t('settings.from')}</th>
              <th>{t('settings.default')}</th>
              <th>{t('settings.about')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((setting) => (
              <Row key={setting.name} setting={setting} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function FilePanel({ settings: { file, read, changed, pending, folders } }: { settings: Settings }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('settings.file')} className="setting-group">
      {pending && <Alert type="warning" showIcon title={t('settings.pending')} data-testid="settings-pending" />}
      <dl className="pairs">
        <div>
          <dt>{t('settings.file')}</dt>
          <dd>
            <span className="mono" data-testid="settings-file">
              {file}
            </span>{' '}
            {!changed && <span className="muted">{t('settings.noFile')}</span>}
          </dd>
        </div>
        <div>
          <dt>{t('settings.read')}</dt>
          <dd>
            <Time value={read} />
          </dd>
        </div>
        <div>
          <dt>{t('settings.folders')}</dt>
          <dd className="mono">{[folders.data, folders.content, folders.ui].join('  ')}</dd>
        </div>
      </dl>
      <p className="muted">{t('settings.how')}</p>
    </Panel>
  );
}

function List({ items }: { items: readonly Setting[] }) {
  const { t, i18n } = useTranslation();
  const doc = useSettingDoc();
  const [{ q, only }, change] = useUrlState(STATE);
  const count = (n: number) => formatCount(n, i18n.language);
  const words = q.toLowerCase();
  const fits = (setting: Setting) =>
    (!only || setting.line !== undefined) &&
    `${setting.name} ${setting.value} ${doc(setting)}`.toLowerCase().includes(words);
  const groups = inGroups(items.filter(fits));
  return (
    <>
      <search className="filters">
        <Input.Search
          className="setting-search"
          defaultValue={q}
          allowClear
          placeholder={t('settings.search')}
          aria-label={t('settings.search')}
          onChange={({ target }) => change({ q: target.value.trim() })}
        />
        <Checkbox checked={only} onChange={({ target }) => change({ only: target.checked || undefined })} data-testid="only-set">
          {t('settings.only')}
        </Checkbox>
        <span className="muted">
          {t('settings.count', {
            all: count(items.length),
            set: count(items.filter(({ line }) => line !== undefined).length),
          })}
        </span>
      </search>
      {groups.length === 0 && <p className="muted">{t('settings.none')}</p>}
      {groups.map(([name, settings]) => (
        <Group key={name} name={name} items={settings} />
      ))}
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const query = useSettings();
  return (
    <>
      <PageHead title={t('settings.title')} hint={t('settings.hint')} help="administration#settings" />
      <Loaded query={query}>
        {(settings) => (
          <div data-testid="settings">
            <FilePanel settings={settings} />
            <List items={settings.items} />
          </div>
        )}
      </Loaded>
    </>
  );
}
