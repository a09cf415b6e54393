// SPDX-License-Identifier: Apache-2.0
// What it had to do with: the most frequent values of one field, each a question of its own.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useValues } from '../../api/hunt-queries';
import { BarList } from '../../components/bar-list';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { entityQuery, kindOf, type PeerPanel } from '../../lib/entity';
import { kqlAnd, kqlTerm } from '../../lib/kql';
import { entityPath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';

const SHOWN = 8;

interface Props {
  panel: PeerPanel;
  value: string;
  range: Range;
}

export function Peers({ panel, value, range }: Props) {
  const { t } = useTranslation();
  const { field, where, id } = panel;
  const q = entityQuery(where, value);
  const query = useValues({ ...range, q }, field, SHOWN);
  const kind = kindOf(field);
  return (
    <Panel
      title={t(`entity.peer.${id}`)}
      extra={
        <Link className="mono" to={eventsPath({ ...range, q: kqlAnd(q, `${field}: *`) })}>
          {field}
        </Link>
      }
    >
      <Loaded query={query} rows={4}>
        {({ values }) => (
          <BarList
            empty={t('entity.nothing')}
            items={values.map(({ value: name, count }) => ({
              key: name,
              label: name,
              title: name,
              count,
              to: kind ? entityPath(kind, name) : eventsPath({ ...range, q: kqlAnd(q, kqlTerm(field, name)) }),
            }))}
          />
        )}
      </Loaded>
    </Panel>
  );
}
