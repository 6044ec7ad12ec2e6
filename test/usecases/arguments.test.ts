import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../commands/index.ts';
import { nearestOrBegun } from '../../src/domain/nearest.ts';
import { parseArguments, splitLine } from '../../src/usecases/arguments.ts';

describe('a typed line is split', () => {
  test.each([
    ['failover chatbot', ['failover', 'chatbot']],
    ['  failover   chatbot  ', ['failover', 'chatbot']],
    ['', []],
    ['abort --reason "the primary is back"', ['abort', '--reason', 'the primary is back']],
    ["abort --reason 'the primary is back'", ['abort', '--reason', 'the primary is back']],
    ['abort —reason “the primary is back”', ['abort', '--reason', 'the primary is back']],
    ['abort –reason ‘the primary is back’', ['abort', '--reason', 'the primary is back']],
    ["abort don't do this", ['abort', 'don’t', 'do', 'this']],
    ['abort it’s back', ['abort', 'it’s', 'back']],
    ['failover --reason="a b"', ['failover', '--reason=a b']],
  ])('%s', (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });
});

describe('the arguments of', () => {
  const parse = (verb: string, line: string): unknown => {
    const command = COMMANDS.find((candidate) => candidate.verb === verb);
    if (!command) throw new Error(`there is no ${verb}`);
    return parseArguments(splitLine(line), command);
  };

  test.each([
    ['failover', 'chatbot', { system: 'chatbot', mode: 'emergency' }],
    ['failover', 'Chatbot --mode Planned', { system: 'chatbot', mode: 'planned' }],
    ['failover', '--to us-west-2 chatbot', { system: 'chatbot', mode: 'emergency', to: 'us-west-2' }],
    ['failover', 'chatbot --reason "zone is dark"', { system: 'chatbot', mode: 'emergency', reason: 'zone is dark' }],
    ['status', '', {}],
    ['status', 'INC-1', { subject: 'INC-1' }],
    ['approve', 'inc-1.P2', { plan: 'INC-1.p2' }],
    ['abort', '', { sure: false }],
    ['abort', 'INC-3', { incident: 'INC-3', sure: false }],
    ['abort', 'inc-3.r1 primary is back', { incident: 'INC-3', reason: 'primary is back', sure: false }],
    ['abort', 'primary is back --yes', { reason: 'primary is back', sure: true }],
    ['abort', '—yes INC-3', { incident: 'INC-3', sure: true }],
    ['skip', 'INC-1.r1 dns --reason=--force', { run: 'INC-1.r1', step: 'dns', reason: '--force' }],
    ['release', 'inc-1.r1 --reason x', { watch: 'INC-1', reason: 'x' }],
    ['release', 'inc-1.R1/Unfenced --reason x', { watch: 'INC-1.r1/unfenced', reason: 'x' }],
    ['release', 'inc-1.R1/Unfenced/2 --reason x', { watch: 'INC-1.r1/unfenced/2', reason: 'x' }],
    ['resolve', '', {}],
    ['abort', 'told so by <@U1|ada>', { reason: 'told so by @ada', sure: false }],
    [
      'run',
      'a/b who=<@U1|ada> --reason "as <@U1|ada> said"',
      { runbook: { system: 'a', runbook: 'b' }, values: { who: '<@U1>' }, reason: 'as @ada said' },
    ],
  ])('%s %s', (verb, line, expected) => {
    expect(parse(verb, line)).toEqual(expected);
  });

  test.each([
    ['approve', 'chatbot', /The plan must be a plan, for example INC-7\.p1/],
    ['failover', 'chatbot now', /I do not know what to do with “now”/],
    ['failover', 'chatbot --to', /--to needs a value/],
    ['failover', 'chatbot --to --mode planned', /--to needs a value/],
    ['failover', 'chatbot --to us-west-2 --to us-east-1', /--to is given twice/],
    ['failover', 'chatbot --to mars', /--to must be an AWS region/],
    ['abort', 'INC-3 --yes=no', /--yes takes no value/],
    ['abort', 'INC-3 --yse', /Did you mean --yes\?/],
    ['skip', 'INC-1.r1 dns --reason "  "', /--reason must say why/],
  ])('%s %s are refused', (verb, line, message) => {
    expect(() => parse(verb, line)).toThrow(message);
  });
});

describe('the nearest word', () => {
  test.each([
    ['failovr', 'failover'],
    ['fail', 'failover'],
    ['stat', 'status'],
    ['FAILOVER', 'failover'],
    ['abrot', 'abort'],
    ['abor', 'abort'],
    ['xyzzy', undefined],
  ])('of %s is %s', (word, expected) => {
    expect(
      nearestOrBegun(
        word,
        COMMANDS.map(({ verb }) => verb),
      ),
    ).toBe(expected);
  });
});
