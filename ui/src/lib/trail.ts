// SPDX-License-Identifier: Apache-2.0
// What the audit trail names, as in doc/formats/notices.md.

/** Every action, by what it has to do with. */
export const TRAIL_GROUPS = {
  access: [
    'login',
    'login.password',
    'logout',
    'session.end',
    'password.change',
    'second_factor.begin',
    'second_factor.confirm',
    'second_factor.codes',
    'second_factor.remove',
    'token.add',
    'token.remove',
    'view.add',
    'view.update',
    'view.remove',
  ],
  look: [
    'search',
    'search.count',
    'search.values',
    'search.statistics',
    'search.fields',
    'who',
    'owner',
    'sql',
    'event.view',
    'event.prove',
    'asset.profile',
    'source.lines',
    'template.list',
    'template.draft',
    'export',
    'trail.read',
    'trail.export',
  ],
  case: [
    'alert.view',
    'alert.update',
    'alert.bulk',
    'silence.acknowledge',
    'silence.take_back',
    'incident.view',
    'incident.list',
    'incident.update',
    'incident.merge',
    'incident.split',
    'incident.reopen',
    'incident.note',
    'task.add',
    'task.update',
    'file.add',
    'file.export',
    'file.view',
    'custody.export',
  ],
  unit: [
    'rectification.add',
    'rectification.view',
    'rectification.update',
    'rectification.send',
    'rectification.remind',
    'rectification.extend',
    'rectification.accept',
    'rectification.return',
    'rectification.revoke',
    'rectification.withdraw',
    'rectification.document',
    'rectification.file',
    'reply.view',
    'reply.confirm',
    'reply.report',
    'reply.extension',
    'reply.document',
    'reply.file.add',
    'reply.file.get',
    'reply.file.remove',
  ],
  report: [
    'report.submit',
    'report.waive',
    'report.export',
  ],
  duty: [
    'duty.shift.add',
    'duty.shift.update',
    'duty.shift.delete',
    'duty.shift.rotate',
    'duty.swap.ask',
    'duty.swap.decide',
    'duty.handover',
    'duty.takeover',
    'duty.log',
    'duty.period.add',
    'duty.period.set',
    'duty.period.delete',
    'duty.report.make',
    'duty.report.sign',
    'duty.report.export',
  ],
  register: [
    'unit.add',
    'unit.update',
    'unit.close',
    'person.add',
    'person.update',
    'person.close',
    'duty.add',
    'duty.update',
    'duty.close',
    'asset.add',
    'asset.update',
    'asset.close',
    'unregistered.ignore',
    'unregistered.show',
    'register.export',
    'register.import',
    'register.undo',
  ],
  rules: [
    'rules.enable',
    'rules.disable',
    'rules.suppress',
    'rules.except',
    'rules.unexcept',
    'rules.upload',
    'rules.upload_end',
    'rules.import',
    'rules.rollback',
    'rules.remove',
    'rules.hunt',
    'rules.hunt_end',
    'rules.save',
    'rules.restore',
    'rules.undo',
  ],
  manage: [
    'user.list',
    'user.add',
    'user.update',
    'user.passwd',
    'user.disable',
    'user.enable',
    'user.reset_second_factor',
    'user.end_sessions',
    'user.remove_token',
    'channel.test',
    'outbox.resend',
    'outbox.resend_all',
    'outbox.drop',
    'import',
    'config.change',
    'content.change',
  ],
  archive: [
    'audit.verify',
    'audit.prove',
    'audit.consistency',
    'audit.export',
    'override',
  ],
} as const;
export type TrailGroup = keyof typeof TRAIL_GROUPS;

export const TRAIL_ACTIONS = Object.values(TRAIL_GROUPS).flat();
export type TrailAction = (typeof TRAIL_ACTIONS)[number];

export const TRAIL_OUTCOMES = ['allowed', 'refused'] as const;
export type TrailOutcome = (typeof TRAIL_OUTCOMES)[number];

export const TRAIL_VIAS = ['console', 'token', 'command', 'platform'] as const;

type Key<A extends string> = A extends `${infer Head}.${infer Tail}` ? `${Head}-${Key<Tail>}` : A;

/** The action's key in the locales, where a dot means something else. */
export const actionKey = (action: TrailAction) => action.replaceAll('.', '-') as Key<TrailAction>;

const among =
  <T extends string>(known: readonly T[]) =>
  (name: string): name is T =>
    (known as readonly string[]).includes(name);

export const isTrailAction = among(TRAIL_ACTIONS);
export const isTrailOutcome = among(TRAIL_OUTCOMES);
export const isTrailVia = among(TRAIL_VIAS);
