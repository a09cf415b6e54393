// SPDX-License-Identifier: Apache-2.0
// Every word of the console in this language, a file for each first part of the keys.
import account from './account.json';
import accounts from './accounts.json';
import alert from './alert.json';
import alerts from './alerts.json';
import app from './app.json';
import asset from './asset.json';
import assets from './assets.json';
import bulk from './bulk.json';
import channels from './channels.json';
import common from './common.json';
import correlation from './correlation.json';
import countdown from './countdown.json';
import coverage from './coverage.json';
import duty from './duty.json';
import entity from './entity.json';
import error from './error.json';
import event from './event.json';
import events from './events.json';
import factor from './factor.json';
import fault from './fault.json';
import firstSteps from './firstSteps.json';
import health from './health.json';
import help from './help.json';
import imports from './imports.json';
import incident from './incident.json';
import incidents from './incidents.json';
import keys from './keys.json';
import level from './level.json';
import nav from './nav.json';
import overview from './overview.json';
import password from './password.json';
import packs from './packs.json';
import people from './people.json';
import places from './places.json';
import process from './process.json';
import proof from './proof.json';
import queryHelp from './queryHelp.json';
import range from './range.json';
import rectification from './rectification.json';
import register from './register.json';
import reporting from './reporting.json';
import retention from './retention.json';
import role from './role.json';
import rules from './rules.json';
import screen from './screen.json';
import session from './session.json';
import settings from './settings.json';
import signIn from './signIn.json';
import situation from './situation.json';
import sources from './sources.json';
import sql from './sql.json';
import stale from './stale.json';
import status from './status.json';
import system from './system.json';
import tactic from './tactic.json';
import threat from './threat.json';
import token from './token.json';
import trail from './trail.json';
import units from './units.json';
import unregistered from './unregistered.json';
import until from './until.json';
import value from './value.json';
import views from './views.json';
import watch from './watch.json';
import zombies from './zombies.json';

export default {
  account,
  accounts,
  alert,
  alerts,
  app,
  asset,
  assets,
  bulk,
  channels,
  common,
  correlation,
  countdown,
  coverage,
  duty,
  entity,
  error,
  event,
  events,
  factor,
  fault,
  firstSteps,
  health,
  help,
  imports,
  incident,
  incidents,
  keys,
  level,
  nav,
  overview,
  password,
  packs,
  people,
  places,
  process,
  proof,
  queryHelp,
  range,
  rectification,
  register,
  reporting,
  retention,
  role,
  rules,
  screen,
  session,
  settings,
  signIn,
  situation,
  sources,
  sql,
  stale,
  status,
  system,
  tactic,
  threat,
  token,
  trail,
  units,
  unregistered,
  until,
  value,
  views,
  watch,
  zombies,
};
