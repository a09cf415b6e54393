// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { commandsOf, goesNext, type RetentionClass, shellWord } from '../src/lib/keep';

const kept = (name: string, goes?: string): RetentionClass => ({
  id: 1,
  name,
  days: 190,
  least: 180,
  listeners: [],
  hints: [],
  networks: 0,
  records: 1,
  bytes: 1,
  goes,
});

describe('retention', () => {
  it('names what goes next', () => {
    const classes = [kept('a', '2027-06-01T00:00:00Z'), kept('b'), kept('c', '2027-05-01T00:00:00Z')];
    expect(goesNext(classes)?.name).toBe('c');
    expect(goesNext([kept('b')])).toBeUndefined();
  });

  it('has commands for its own folder, which a shell takes as they are meant', () => {
    expect(commandsOf({ settings_file: '/srv/wanglou/wanglou.yaml' }).verify).toBe(
      'wanglou audit verify --data /srv/wanglou',
    );
    expect(shellWord("/srv/it's here")).toBe("'/srv/it'\\''s here'");
  });
});
