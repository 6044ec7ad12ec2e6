// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are written that way
import { describe, expect, it } from '@jest/globals';
import { GuardFailed, InvalidInput } from '../../src/domain/errors.ts';
import {
  describeCondition,
  evaluateCondition,
  referencesOf,
  referencesOfTemplate,
  resolveValue,
  type Scope,
  valuesRead,
} from '../../src/domain/expression.ts';
import { checkExpression, shapeOfValue } from '../../src/domain/expression-types.ts';

const SCOPE: Scope = {
  system: {
    rpo: { database: 300 },
    regions: { secondary: 'us-west-2' },
    loadBalancers: { 'us-west-2': { host: 'west' }, 'us-east-1': { host: 'east' } },
  },
  params: { to: 'us-west-2' },
  mode: 'emergency',
  steps: { promote: { outputs: { port: 5432, endpoint: 'db.example.com' } }, 'write-probe': { outputs: { ok: true } } },
  outputs: { lossSeconds: 12, lag: 2.5, nothing: null, status: 'available', zones: ['a', 'b'] },
};

describe('resolveValue', () => {
  it.each([
    ['plain text', 'plain text'],
    ['${{ steps.promote.outputs.port }}', 5432],
    [
      'postgres://${{ steps.promote.outputs.endpoint }}:${{ steps.promote.outputs.port }}/x',
      'postgres://db.example.com:5432/x',
    ],
    ['${{ string(steps.promote.outputs.port) }}', '5432'],
    ['${{ system.loadBalancers[params.to].host }}', 'west'],
    ['${{ steps["write-probe"].outputs.ok }}', true],
    ['${{ outputs.lag * 2 }}', 5],
    ['${{ steps.promote.outputs.port + 1 }}', 5433],
    ['${{ size(outputs.zones) }}', 2],
    ['${{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ['${{ "}}" }}', '}}'],
    ['${{ outputs.nothing }}', null],
    ['${{ duration("90s") }}', 90],
    [
      ['${{ mode }}', { deep: '${{ params.to }}' }],
      ['emergency', { deep: 'us-west-2' }],
    ],
    [
      { n: 1, t: true, z: null },
      { n: 1, t: true, z: null },
    ],
  ])('%j becomes %j', (value, expected) => {
    expect(resolveValue(value, SCOPE)).toEqual(expected);
  });

  it.each([
    ['${{ steps.scale.outputs.replicas }}', 'steps.scale.outputs.replicas is not known'],
    ['${{ 1 + }}', 'is not an expression'],
    ['${{ 1', 'has no closing }}'],
    ['a ${{ outputs.nothing }}', 'outputs.nothing is null'],
    ['${{ "a" - 1 }}', 'cannot be evaluated'],
  ])('refuses %s', (value, message) => {
    expect(() => resolveValue(value, SCOPE)).toThrow(InvalidInput);
    expect(() => resolveValue(value, SCOPE)).toThrow(message);
  });

  it('does not reach what objects inherit', () => {
    expect(() => resolveValue('${{ system.constructor }}', SCOPE)).toThrow('is not known');
    expect(() => resolveValue('${{ system.__proto__ }}', SCOPE)).toThrow('is not known');
  });
});

describe('evaluateCondition', () => {
  it.each([
    ['outputs.lossSeconds <= system.rpo.database', true],
    ['outputs.lossSeconds > 12', false],
    ['outputs.lag < 3 && outputs.lag > 2', true],
    ['outputs.status == "available" || outputs.unknown == 1', true],
    ['outputs.nothing == null', true],
    ['has(outputs.unknown)', false],
    ['outputs.zones.exists(zone, zone == "b")', true],
  ])('%s is %s', (expression, expected) => {
    expect(evaluateCondition(expression, SCOPE)).toBe(expected);
  });

  it.each([
    ['outputs.unknown <= 3', 'outputs.unknown is not known'],
    ['outputs.nothing != ""', 'outputs.nothing is not known'],
    ['outputs.nothing < 3', 'outputs.nothing is not known'],
    ['steps.scale.outputs.replicas == 3', 'steps.scale.outputs.replicas is not known'],
  ])('%s fails as a guard and names the fact', (expression, message) => {
    expect(() => evaluateCondition(expression, SCOPE)).toThrow(GuardFailed);
    expect(() => evaluateCondition(expression, SCOPE)).toThrow(message);
  });

  it('refuses what is no condition', () => {
    expect(() => evaluateCondition('outputs.lossSeconds', SCOPE)).toThrow('neither true nor false');
  });
});

describe('references', () => {
  it('are the paths that an expression reads, in order', () => {
    const expression =
      'system.loadBalancers[params.to].host == "x" && [1].all(i, i > outputs.zones[0].n) || has(mode.x)';

    expect(referencesOf(expression)).toEqual([
      ['system', 'loadBalancers', '*', 'host'],
      ['params', 'to'],
      ['outputs', 'zones', '0', 'n'],
      ['mode', 'x'],
    ]);
  });

  it('are found in the templates of any value', () => {
    const value = { a: ['${{ params.to }}', 'x ${{ steps.promote.outputs.port }}'], b: 1 };

    expect(referencesOfTemplate(value)).toEqual([
      ['params', 'to'],
      ['steps', 'promote', 'outputs', 'port'],
    ]);
  });

  it('give a guard the words for what was measured and what was needed', () => {
    const expression = 'outputs.lossSeconds <= system.rpo.database';

    expect(valuesRead(expression, SCOPE, 'outputs')).toEqual({ lossSeconds: 12 });
    expect(describeCondition(expression, SCOPE)).toBe('lossSeconds <= 300');
  });
});

describe('checkExpression', () => {
  const variables = {
    system: shapeOfValue(SCOPE.system),
    params: shapeOfValue(SCOPE.params),
    mode: { kind: 'string' as const },
  };

  it.each([
    ['system.rpo.database + 1', 'int'],
    ['system.loadBalancers[params.to].host', 'dyn'],
    ['mode == "planned"', 'bool'],
  ])('%s has the type %s', (expression, type) => {
    expect(checkExpression(expression, variables)).toEqual({ type, mistakes: [] });
  });

  it.each([
    ['system.rpo.databse', { message: 'system.rpo has no databse.', suggestion: 'Did you mean system.rpo.database?' }],
    [
      'system.loadBalancers[params.to].hots',
      { message: 'system.loadBalancers.* has no hots.', suggestion: 'Did you mean system.loadBalancers.*.host?' },
    ],
    ['stpes.x', { message: 'There is no stpes here (there are system, params and mode).' }],
    ['mode == 3', { message: '"mode == 3" cannot be evaluated: no such overload: string == int.' }],
  ])('%s is a mistake', (expression, mistake) => {
    expect(checkExpression(expression, variables).mistakes).toEqual([mistake]);
  });
});
