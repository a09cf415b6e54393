// SPDX-License-Identifier: Apache-2.0
// The screen on the wall: six views in turn, each readable at five metres. It refreshes itself, goes on by itself
// when the server is back, and never goes blank.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router';
import { setBearer } from '../../api/client';
import { isUnauthorized } from '../../api/errors';
import { useSession, useStatus } from '../../api/queries';
import { useSituation } from '../../api/situation-queries';
import { useHotkeys } from '../../lib/hotkeys';
import { useMap } from '../../lib/maps';
import { SignIn } from '../sign-in';
import { Frame } from './frame';
import { takeToken } from './token';
import { isView, next, secondsOf, VIEWS, type ViewName } from './views';
import { Assets } from './assets';
import { Attacks } from './attacks';
import { Hazards } from './hazards';
import { Incidents } from './incidents';
import { Notices } from './notices';
import { Total } from './total';
import '../../styles/screen.css';

const CONTENT: Record<ViewName, () => React.ReactNode> = {
  total: Total,
  assets: Assets,
  hazards: Hazards,
  attacks: Attacks,
  incidents: Incidents,
  notices: Notices,
};

/** Dark whatever the person prefers, with a unit of its own; both before anything is drawn, and back afterwards. */
function useWall() {
  const [before] = useState(() => {
    const { dataset, classList } = document.documentElement;
    const theme = dataset.theme;
    dataset.theme = 'dark';
    classList.add('wall');
    return theme;
  });
  useEffect(() => {
    document.documentElement.dataset.theme = 'dark';
    document.documentElement.classList.add('wall');
    return () => {
      document.documentElement.dataset.theme = before;
      document.documentElement.classList.remove('wall');
    };
  }, [before]);
}

const toggleFullScreen = () =>
  document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();

function useRotation(view: ViewName) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [paused, setPaused] = useState(false);
  const seconds = secondsOf(params);
  const query = params.toString();
  const show = (name: ViewName) =>
    navigate({ pathname: `/screen/${name}`, search: query }, { replace: true });
  const runs = !paused && seconds > 0;
  useEffect(() => {
    if (!runs) return;
    const timer = setTimeout(() => show(next(view, 1)), seconds * 1000);
    return () => clearTimeout(timer);
  }, [view, runs, seconds, query]);
  useHotkeys({
    ' ': () => setPaused(!paused),
    ArrowRight: () => show(next(view, 1)),
    ArrowLeft: () => show(next(view, -1)),
    f: toggleFullScreen,
    F: toggleFullScreen,
  });
  return { runs, paused, seconds, show };
}

/** Said plainly, in the place of the views. */
function SignedOut() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (asking) return <SignIn />;
  return (
    <div className="wall-notice" data-testid="signed-out">
      <h1>{t('screen.signedOut')}</h1>
      <p>{t('screen.signedOutHint')}</p>
      <button type="button" onClick={() => setAsking(true)}>
        {t('screen.signInHere')}
      </button>
    </div>
  );
}

function Screen({ view }: { view: ViewName }) {
  const { t } = useTranslation();
  const rotation = useRotation(view);
  const situation = useSituation();
  useStatus();
  useMap('world'); // fetched before it is wanted, and there when the server is not
  useEffect(() => {
    document.title = t('screen.title');
  }, [t]);
  if (isUnauthorized(situation.error)) return <SignedOut />;
  const Content = CONTENT[view];
  return (
    <Frame view={view} rotation={rotation}>
      <Content />
    </Frame>
  );
}

function WithSession({ view }: { view: ViewName }) {
  const { data: session, error, isPending } = useSession();
  const { t } = useTranslation();
  if (isPending) return null;
  if (error && !session) return <p className="wall-notice">{t('error.network')}</p>;
  if (!session) return <SignedOut />;
  if (session.must_change_password) return <Navigate to="/" replace />;
  return <Screen view={view} />;
}

export function Component() {
  useWall();
  const { view } = useParams();
  const [token] = useState(() => {
    const found = takeToken();
    setBearer(found);
    return found;
  });
  useEffect(() => {
    setBearer(token);
    return () => setBearer('');
  }, [token]);
  const shown = isView(view) ? view : VIEWS[0];
  return <div className="wall-root">{token ? <Screen view={shown} /> : <WithSession view={shown} />}</div>;
}
