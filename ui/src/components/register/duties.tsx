// SPDX-License-Identifier: Apache-2.0
// Who has which duty: now as a table, and over time as lines; to add one, and to end one.
import { Button, Segmented, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import { assetPath, personPath, unitPath } from '../../lib/links';
import type { HeldDuty, Lane } from '../../lib/register';
import { Panel } from '../panel';
import { Time } from '../time';
import { CloseDrawer } from './close-drawer';
import { Contact } from './contact';
import { DutyForm } from './duty-form';
import { Lanes } from './lanes';

/** Whose page it stands on. */
export type Holder = { asset: number } | { unit: number } | { person: number };

function placeOf(duty: HeldDuty) {
  if (duty.asset) return { to: assetPath(duty.asset), name: duty.asset_name };
  if (duty.unit) return { to: unitPath(duty.unit), name: duty.unit_name };
  return undefined;
}

const isOver = ({ valid_to }: HeldDuty, now: number) => valid_to !== undefined && Date.parse(valid_to) <= now;

export function useDutyLanes(duties: readonly HeldDuty[], ofPerson: boolean): Lane[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const lanes = new Map<string, Lane>();
    for (const duty of duties) {
      const place = placeOf(duty);
      // A line for each holder, so that those who have it at the same time do not cover one another.
      const key = `${duty.duty}-${ofPerson ? place?.to : duty.person}`;
      const lane = lanes.get(key) ?? { key, title: t(`register.duty.${duty.duty}`), segments: [] };
      lanes.set(key, lane);
      lane.segments.push({
        key: String(duty.id),
        label: (ofPerson ? place?.name : duty.person_name) ?? '',
        to: ofPerson ? place?.to : personPath(duty.person),
        from: Date.parse(duty.valid_from),
        until: Date.parse(duty.valid_to ?? ''),
        open: duty.valid_to === undefined,
      });
    }
    return [...lanes.values()];
  }, [duties, ofPerson, t]);
}

interface Props {
  duties: readonly HeldDuty[];
  holder: Holder;
  /** Shown above the lines of duties: which unit it belonged to. */
  lanes?: readonly Lane[];
  fixed: boolean;
}

function useColumns(ofPerson: boolean, calls: boolean, onEnd: ((duty: HeldDuty) => void) | undefined) {
  const { t } = useTranslation();
  const now = Date.now();
  return [
    { key: 'duty', title: t('register.dutyLabel'), render: (_: unknown, { duty }: HeldDuty) => t(`register.duty.${duty}`) },
    {
      key: 'who',
      title: t(ofPerson ? 'register.where' : 'register.person'),
      render: (_: unknown, duty: HeldDuty) => {
        const place = placeOf(duty);
        if (!ofPerson) return <Contact person={duty.person} name={duty.person_name} phone={calls && !isOver(duty, now) ? duty.phone : undefined} />;
        return place && <Link to={place.to}>{place.name}</Link>;
      },
    },
    { key: 'from', title: t('register.validFrom'), render: (_: unknown, { valid_from }: HeldDuty) => <Time value={valid_from} /> },
    {
      key: 'to',
      title: t('register.validTo'),
      render: (_: unknown, { valid_to }: HeldDuty) => (valid_to ? <Time value={valid_to} /> : t('register.untilNow')),
    },
    {
      key: 'end',
      title: '',
      align: 'end' as const,
      render: (_: unknown, duty: HeldDuty) =>
        onEnd &&
        !isOver(duty, now) && (
          <Button size="small" type="link" onClick={() => onEnd(duty)}>
            {t('register.endDuty')}
          </Button>
        ),
    },
  ];
}

export function Duties({ duties, holder, lanes = [], fixed }: Props) {
  const { t } = useTranslation();
  const may = useMay('register.change') && !fixed;
  const [shown, setShown] = useState<'now' | 'all'>('now');
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<HeldDuty>();
  const ofPerson = 'person' in holder;
  const dutyLanes = useDutyLanes(duties, ofPerson);
  const current = duties.filter((duty) => !isOver(duty, Date.now()));
  const over = duties.length - current.length;
  const columns = useColumns(ofPerson, 'unit' in holder, may ? setEnding : undefined);
  return (
    <Panel
      title={t(ofPerson ? 'register.dutiesOfPerson' : 'register.duties')}
      extra={
        <span className="register-actions">
          <Segmented
            size="small"
            value={shown}
            onChange={setShown}
            options={[
              { value: 'now', label: t('register.current') },
              { value: 'all', label: over ? t('register.withPast', { count: over }) : t('register.overTime') },
            ]}
          />
          {may && !ofPerson && (
            <Button size="small" onClick={() => setAdding(true)} data-testid="add-duty">
              {t('register.addDuty')}
            </Button>
          )}
        </span>
      }
    >
      {shown === 'all' && <Lanes lanes={[...lanes, ...dutyLanes]} label={t('register.overTime')} />}
      {duties.length === 0 ? (
        <p className="muted panel-empty">{t(ofPerson ? 'register.noDuties' : 'register.nobody')}</p>
      ) : (
        <Table<HeldDuty>
          size="small"
          rowKey="id"
          columns={columns}
          dataSource={shown === 'now' ? current : [...duties]}
          pagination={duties.length > 50 ? { pageSize: 50, size: 'small' } : false}
          scroll={{ x: 'max-content' }}
          locale={{ emptyText: t('register.pastOnly') }}
        />
      )}
      {adding && !ofPerson && <DutyForm holder={holder} onClose={() => setAdding(false)} />}
      {ending && (
        <CloseDrawer
          kind="duties"
          id={ending.id}
          version={ending.version}
          title={t('register.endDutyOf', { duty: t(`register.duty.${ending.duty}`), name: ending.person_name ?? '' })}
          onClose={() => setEnding(undefined)}
        />
      )}
    </Panel>
  );
}
