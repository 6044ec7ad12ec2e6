import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { connection, quote, quoteValue } from '../../../sandbox/tools/quote.ts';

const NASTY = [
  'plain-1.2:3@4=5/6',
  'two words',
  "it's",
  'say "hi"',
  '$HOME `id` $(id)',
  'back\\slash',
  'both \' and " and $x',
  "bang! it's",
  '~',
  '-n',
  '',
  '*',
  'a\nb',
  'ünïcode',
  '{a,b}',
  '#no comment',
];

describe('a word of a shell command', () => {
  it.each(['bash', 'sh'])('reaches the program as it is, by %s', (shell) => {
    const line = `printf '%s\\0' ${NASTY.map(quote).join(' ')} ${NASTY.map(quoteValue).join(' ')}`;

    const printed = execFileSync(shell, ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1);

    expect(printed).toEqual([...NASTY, ...NASTY]);
  });

  it('is left alone where nothing in it is special', () => {
    expect([quote('service=chatbot-prod'), quote('SELECT 1'), quote("name = 'x'")]).toEqual([
      'service=chatbot-prod',
      "'SELECT 1'",
      '"name = \'x\'"',
    ]);
  });
});

it('a connection string quotes what libpq would take apart', () => {
  expect(connection({ service: 'chatbot-prod', user: "o'brien dba" })).toBe(
    "service=chatbot-prod user='o\\'brien dba'",
  );
});
