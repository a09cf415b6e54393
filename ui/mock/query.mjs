// SPDX-License-Identifier: Apache-2.0
// As much of the Kibana Query Language as developing the console needs: terms joined by and, with not.

const TERM =
  /^(not\s+)?(?:("(?:\\.|[^"\\])*"|[\w@.-]+)\s*(:|>=|<=|>|<)\s*)?("(?:\\.|[^"\\])*"|\([^)]*\)|\S+)/i;

export class QueryError extends Error {
  constructor(message, column) {
    super(message);
    this.column = column;
  }
}

const unquote = (text) => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

function matcher(value) {
  if (value.startsWith('(')) {
    const any = value
      .slice(1, -1)
      .split(/\s+or\s+/i)
      .map((part) => matcher(part.trim()));
    return (text) => any.some((match) => match(text));
  }
  if (value.startsWith('"') || !value.includes('*')) return (text) => text === unquote(value);
  const pattern = value.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const regex = new RegExp(`^${pattern.join('.*')}$`, 'i');
  return (text) => regex.test(text);
}

const COMPARE = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
};

function term(name, operator, value) {
  if (!name) return (event) => event.raw.toLowerCase().includes(unquote(value).toLowerCase());
  const field = unquote(name);
  const read = (event) =>
    event.fields[field] ?? event.attributes.find((attribute) => attribute.name === field)?.value;
  if (operator === ':') {
    const match = matcher(value);
    return (event) => read(event) !== undefined && match(String(read(event)));
  }
  return (event) => COMPARE[operator](Number(read(event)), Number(value));
}

export function compile(text) {
  const tests = [];
  let rest = text.trim();
  while (rest !== '') {
    const at = Buffer.byteLength(text) - Buffer.byteLength(rest) + 1;
    const match = TERM.exec(rest);
    if (!match || /^[:()]/.test(match[4]) || (match[4].match(/"/g)?.length ?? 0) === 1)
      throw new QueryError('Expected a value; close the quotation mark or the parenthesis.', at);
    const [whole, not, name, operator, value] = match;
    const test = term(name, operator, value);
    tests.push(not ? (event) => !test(event) : test);
    rest = rest.slice(whole.length).replace(/^\s*(and\s+)?/i, '');
  }
  return (event) => tests.every((test) => test(event));
}
