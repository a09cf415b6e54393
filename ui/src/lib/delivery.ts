// SPDX-License-Identifier: Apache-2.0
// Why a message did not arrive: what the other side or libcurl said, told by what it means and what to do.

export const FAULTS = [
  'noHost',
  'noConnection',
  'timeout',
  'certificate',
  'unencrypted',
  'login',
  'receiver',
  'mailServer',
  'robot',
  'noRobot',
  'notFound',
  'http',
  'tooLarge',
  'noChannel',
  'tooOften',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Failure {
  fault: Fault;
  what: string; /* the host, code or name it speaks of; may be empty */
}

/** The first that fits; what a group catches is what it speaks of. */
const KNOWN: readonly (readonly [RegExp, Fault])[] = [
  [/^there is no channel '(.*)'/, 'noChannel'],
  [/^more than (\d+) a minute/, 'tooOften'],
  [/^a part of the message is too large/, 'tooLarge'],
  [/^'(.*)' is no mail address/, 'receiver'],
  [/^the mail server answered (?:55[0-4])\b.*RCPT/i, 'receiver'],
  [/Login denied|^the mail server answered 53[45]/i, 'login'],
  [/^the mail server answered (\d+)/, 'mailServer'],
  [/^the robot answered (-?\d+)/, 'robot'],
  [/^the answer is none of a robot/, 'noRobot'],
  [/^the other side answered HTTP 40[34]/, 'notFound'],
  [/^the other side answered HTTP (\d+)/, 'http'],
  [/resolve host(?: name)?:? ?(\S*)/i, 'noHost'],
  [/STARTTLS|SSL (?:is )?required|Requested SSL level/i, 'unencrypted'],
  [/certificate|\bSSL\b|\bTLS\b/i, 'certificate'],
  [/timed out|Timeout was reached/i, 'timeout'],
  [/Failed to connect to (\S+ port \d+)|connect to server|Connection refused|Connection reset/i, 'noConnection'],
];

/** undefined: it is shown as it stands. */
export function failureOf(error: string): Failure | undefined {
  for (const [pattern, fault] of KNOWN) {
    const found = pattern.exec(error);
    if (found) return { fault, what: found[1] ?? '' };
  }
  return undefined;
}
