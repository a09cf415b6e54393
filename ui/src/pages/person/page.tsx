// SPDX-License-Identifier: Apache-2.0
// One person: how to reach them, what they answer for and answered for, the incidents of these things.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type PersonDetail, usePerson } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Crumbs } from '../../components/crumbs';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Pair } from '../../components/pair';
import { Panel } from '../../components/panel';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { CloseDrawer, EndedNotice, IfValid, isEnded } from '../../components/register/close-drawer';
import { Phone } from '../../components/register/contact';
import { Duties } from '../../components/register/duties';
import { History } from '../../components/register/history';
import { IncidentsPanel } from '../../components/register/incidents-panel';
import { PersonForm } from '../../components/register/person-form';
import { Time } from '../../components/time';
import { unitPath } from '../../lib/links';
import { isNow } from '../../lib/register';
import { useUrlState } from '../../lib/url-state';
import { VIEW_STATE } from '../assets/state';
import { NotFound } from '../fault';
import '../../styles/assets.css';

function Facts({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const missing = <span className="muted">{t('register.nothing')}</span>;
  const { unit, unit_name, phone, mail, number, note, valid_from, valid_to } = person;
  return (
    <Panel title={t('people.contact')}>
      <dl className="pairs">
        <Pair name={t('register.unit')}>{unit ? <Link to={unitPath(unit)}>{unit_name}</Link> : missing}</Pair>
        <Pair name={t('register.member.phone')}>{phone ? <Phone number={phone} /> : missing}</Pair>
        <Pair name={t('register.member.mail')}>
          {mail ? <a href={`mailto:${encodeURIComponent(mail)}`}>{mail}</a> : missing}
        </Pair>
        <Pair name={t('register.member.number')}>
          <span className="mono">{number ?? missing}</span>
        </Pair>
        {note && <Pair name={t('register.member.note')}>{note}</Pair>}
        <Pair name={t('asset.validSince')}>
          <Time value={valid_from} />
          {' '}
          {t('register.to')} {valid_to ? <Time value={valid_to} /> : t('register.open')}
        </Pair>
      </dl>
    </Panel>
  );
}

function Page({ person }: { person: PersonDetail }) {
  const { t } = useTranslation();
  const [state, change] = useUrlState(VIEW_STATE);
  const may = useMay('register.change') && isNow(state);
  const [doing, setDoing] = useState<'edit' | 'close'>();
  const stop = () => setDoing(undefined);
  return (
    <>
      <PageHead title={person.name} hint={person.unit_name} help="daily-work#assets">
        <AsOf view={state} onChange={change} />
        <IfValid kind="people" thing={person} may={may}>
          <Button onClick={() => setDoing('close')} data-testid="close">
            {t('people.close')}
          </Button>
          <Button type="primary" onClick={() => setDoing('edit')} data-testid="edit">
            {t('register.edit')}
          </Button>
        </IfValid>
      </PageHead>
      <AsOfNotice view={state} onChange={change} />
      <EndedNotice thing={person} />
      <div className="asset-body">
        <div className="asset-two">
          <Facts person={person} />
          <IncidentsPanel of={{ person: person.id }} />
        </div>
        <Duties duties={person.duties} holder={{ person: person.id }} fixed={!isNow(state) || isEnded(person)} />
        <History kind="people" id={person.id} changes={person.history} />
      </div>
      {doing === 'edit' && <PersonForm person={person} onClose={stop} />}
      {doing === 'close' && (
        <CloseDrawer
          kind="people"
          id={person.id}
          version={person.version}
          title={t('people.closeOf', { name: person.name })}
          onClose={stop}
        />
      )}
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const [state, change] = useUrlState(VIEW_STATE);
  const query = usePerson(id, state);
  if (!Number.isInteger(id) || id <= 0) return <NotFound />;
  return (
    <>
      <Crumbs above={[['/people', t('people.title')]]} />
      {query.error && <AsOfNotice view={state} onChange={change} />}
      <Loaded query={query}>{(person) => <Page key={person.id} person={person} />}</Loaded>
    </>
  );
}
