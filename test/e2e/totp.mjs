// SPDX-License-Identifier: Apache-2.0
// The telephone of the tests: totp.mjs SECRET [STEPS] prints the code of now, or of some steps of 30 s later.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 6238 over the base32 secret. */
export function totp(secret, step) {
  const bits = [...secret].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export const stepOf = (time) => Math.floor(time / 30_000);

if (process.argv[1] === import.meta.filename)
  console.log(totp(process.argv[2], stepOf(Date.now()) + Number(process.argv[3] ?? 0)));
