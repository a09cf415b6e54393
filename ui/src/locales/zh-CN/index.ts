// SPDX-License-Identifier: Apache-2.0
// Every word of the console in this language, a file for each first part of the keys.
import account from './account.json';
import accounts from './accounts.json';
import alert from './alert.json';
import alerts from './alerts.json';
import app from './app.json';
import common from './common.json';
import correlation from './correlation.json';
import countdown from './countdown.json';
import error from './error.json';
import event from './event.json';
import events from './events.json';
import factor from './factor.json';
import fault from './fault.json';
import firstSteps from './firstSteps.json';
import health from './health.json';
import incident from './incident.json';
import incidents from './incidents.json';
import keys from './keys.json';
import level from './level.json';
import nav from './nav.json';
import overview from './overview.json';
import password from './password.json';
import process from './process.json';
import queryHelp from './queryHelp.json';
import range from './range.json';
import rectification from './rectification.json';
import reporting from './reporting.json';
import role from './role.json';
import session from './session.json';
import signIn from './signIn.json';
import stale from './stale.json';
import status from './status.json';
import tactic from './tactic.json';
import token from './token.json';
import trail from './trail.json';
import value from './value.json';

export default {
  account,
  accounts,
  alert,
  alerts,
  app,
  common,
  correlation,
  countdown,
  error,
  event,
  events,
  factor,
  fault,
  firstSteps,
  health,
  incident,
  incidents,
  keys,
  level,
  nav,
  overview,
  password,
  process,
  queryHelp,
  range,
  rectification,
  reporting,
  role,
  session,
  signIn,
  stale,
  status,
  tactic,
  token,
  trail,
  value,
};
