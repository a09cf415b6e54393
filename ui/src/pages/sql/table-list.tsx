// SPDX-License-Identifier: Apache-2.0
// At the left: the tables with their columns, examples, and what was run lately. A click puts it into the query.
import { Collapse, Input, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFields } from '../../api/queries';
import { useFieldDoc } from '../../components/field-doc';
import { columnsOf, EXAMPLES, TABLES, type TableName } from './tables';

interface ListProps {
  onInsert: (text: string) => void;
}

function Columns({ table, wanted, onInsert }: { table: TableName; wanted: string } & ListProps) {
  const { t } = useTranslation();
  const { data: fields = [] } = useFields();
  const docOf = useFieldDoc();
  const words = wanted.toLowerCase();
  return (
    <ul className="sql-columns">
      {columnsOf(table, fields)
        .filter(({ name }) => name.includes(words))
        .map(({ name, type, field }) => (
          <li key={name}>
            <button
              type="button"
              className="value"
              title={field ? `${field.name}: ${docOf(field)}` : t('sql.insert', { name })}
              onClick={() => onInsert(name)}
            >
              <span className="mono">{name}</span> <span className="muted">{type}</span>
            </button>
          </li>
        ))}
    </ul>
  );
}

function Tables({ onInsert }: ListProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState('');
  return (
    <>
      <Input
        size="small"
        allowClear
        value={wanted}
        placeholder={t('sql.findColumn')}
        aria-label={t('sql.findColumn')}
        onChange={({ target }) => setWanted(target.value)}
      />
      <Collapse
        ghost
        size="small"
        defaultActiveKey={['events']}
        items={TABLES.map((table) => ({
          key: table,
          label: (
            <>
              <span className="mono">{table}</span> <span className="muted">{t(`sql.table.${table}`)}</span>
            </>
          ),
          children: <Columns table={table} wanted={wanted} onInsert={onInsert} />,
        }))}
      />
    </>
  );
}

function Queries({ queries, empty, onUse }: { queries: { label: string; query: string }[]; empty: string; onUse: (query: string) => void }) {
  if (queries.length === 0) return <p className="muted">{empty}</p>;
  return (
    <ul className="sql-queries">
      {queries.map(({ label, query }) => (
        <li key={query}>
          <button type="button" className="value" title={query} onClick={() => onUse(query)}>
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Props extends ListProps {
  recent: readonly string[];
  onUse: (query: string) => void;
}

export function TableList({ recent, onInsert, onUse }: Props) {
  const { t } = useTranslation();
  const examples = EXAMPLES.map(({ id, query }) => ({ label: t(`sql.example.${id}`), query }));
  const past = recent.map((query) => ({ label: query.replace(/\s+/g, ' '), query }));
  const none = t('sql.noRecent');
  return (
    <aside className="panel sql-side" aria-label={t('sql.tables')}>
      <Tabs
        size="small"
        items={[
          { key: 'tables', label: t('sql.tables'), children: <Tables onInsert={onInsert} /> },
          { key: 'examples', label: t('sql.examples'), children: <Queries queries={examples} empty={none} onUse={onUse} /> },
          { key: 'recent', label: t('sql.recent'), children: <Queries queries={past} empty={none} onUse={onUse} /> },
        ]}
      />
    </aside>
  );
}
