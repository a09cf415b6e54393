// SPDX-License-Identifier: Apache-2.0
// At the left: which fields the result has, and how many of its events have each. A click shows the values.
import { BarChartOutlined, CheckOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { usePresentFields } from '../../api/hunt-queries';
import { type EventSearch, useFields } from '../../api/queries';
import type { PresentFields } from '../../api/types';
import { useFieldDoc } from '../../components/field-doc';
import { Loaded } from '../../components/loaded';
import type { ValueActions } from '../../components/value-link';
import { formatCount } from '../../lib/format';
import { FieldStatistics } from './field-statistics';

interface Props {
  search: EventSearch;
  columns: readonly string[];
  onColumns: (columns: readonly string[]) => void;
  by: string;
  onBy: (field: string) => void;
  actions: ValueActions;
}

interface Item {
  name: string;
  share: number;
}

const TIME = '@timestamp';

function itemsOf({ events, fields, attributes }: PresentFields, wanted: string): Item[] {
  const words = wanted.toLowerCase();
  return [...fields, ...attributes]
    .filter(({ name }) => name !== TIME && name.toLowerCase().includes(words))
    .map(({ name, present }) => ({ name, share: present / Math.max(1, events) }))
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name));
}

function FieldRow({ item, open, onOpen, ...props }: { item: Item; open: boolean; onOpen: () => void } & Props) {
  const { t, i18n } = useTranslation();
  const { data: fields } = useFields();
  const docOf = useFieldDoc();
  const { name, share } = item;
  const { columns, onColumns, by, onBy, search, actions } = props;
  const field = useMemo(() => fields?.find((known) => known.name === name), [fields, name]);
  const chosen = columns.includes(name);
  const share100 = new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(share);
  return (
    <li className={open ? 'field-item field-open' : 'field-item'}>
      <div className="field-line">
        <button
          type="button"
          className="field-name"
          aria-expanded={open}
          title={field ? docOf(field) : t('events.attribute')}
          onClick={onOpen}
          data-testid={`field-${name}`}
        >
          <span className={chosen ? 'mono ellipsis field-on' : 'mono ellipsis'}>{name}</span>
          <span className="muted number">{share100}</span>
        </button>
        <span className="field-acts">
          <Button
            type="text"
            size="small"
            icon={<BarChartOutlined />}
            className={by === name ? 'field-on' : ''}
            aria-pressed={by === name}
            aria-label={t('events.divideBy', { name })}
            title={t('events.divide')}
            onClick={() => onBy(by === name ? '' : name)}
          />
          <Button
            type="text"
            size="small"
            icon={chosen ? <CheckOutlined /> : <PlusOutlined />}
            className={chosen ? 'field-on' : ''}
            aria-pressed={chosen}
            aria-label={t('events.asColumn', { name })}
            title={t('value.column')}
            onClick={() => onColumns(chosen ? columns.filter((c) => c !== name) : [...columns, name])}
          />
        </span>
      </div>
      {open && <FieldStatistics name={name} search={search} actions={actions} />}
    </li>
  );
}

/** The search box says what is wrong with the search. */
const isMistaken = (error: unknown) => error instanceof ApiError && error.status === 400;

export function FieldPanel(props: Props) {
  const { t, i18n } = useTranslation();
  const [wanted, setWanted] = useState('');
  const [open, setOpen] = useState<string>();
  const query = usePresentFields(props.search, true);
  return (
    <aside className="field-panel panel" aria-label={t('events.fields')} data-testid="field-panel">
      <Input
        size="small"
        allowClear
        placeholder={t('events.findField')}
        aria-label={t('events.findField')}
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
      />
      <div className="field-scroll">
        {isMistaken(query.error) ? (
          <p className="muted">{t('events.failed')}</p>
        ) : (
          <Loaded query={query} rows={10} isEmpty={({ events }) => events === 0} empty={<p className="muted">{t('events.noFields')}</p>}>
            {(present) => (
              <>
                <ul>
                  {itemsOf(present, wanted).map((item) => (
                    <FieldRow
                      key={item.name}
                      item={item}
                      open={open === item.name}
                      onOpen={() => setOpen(open === item.name ? undefined : item.name)}
                      {...props}
                    />
                  ))}
                </ul>
                <p className="muted">
                  {t(present.sampled ? 'events.fieldsSampled' : 'events.fieldsOf', {
                    value: formatCount(present.events, i18n.language),
                  })}
                </p>
              </>
            )}
          </Loaded>
        )}
      </div>
    </aside>
  );
}
