import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Case, caseOf, loadSimulations } from '../../../sandbox/simulate/load-simulations.ts';

const named = (...names: string[]) => names.map((name) => ({ simulation: { name } }) as Case);

describe('a simulation by its name', () => {
  const cases = named('the region hangs', 'the region hangs, again', 'the line is cut');

  test.each([
    ['the line', 'the line is cut'],
    ['the region hangs', 'the region hangs'],
    ['the region', undefined],
    ['a flood', undefined],
  ])('%s', (name, found) => {
    expect(caseOf(cases, name)?.simulation.name).toBe(found);
  });
});

test('each example of the documentation names one', async () => {
  const text = readFileSync('docs/simulate.md', 'utf8');
  const examples = [...text.matchAll(/lifeboat simulate (\S+)\/(\S+) --case "([^"]+)"/g)];

  expect(examples).not.toHaveLength(0);
  for (const [, system = '', runbook = '', name = ''] of examples) {
    expect(caseOf(await loadSimulations('runbooks', system, runbook), name)).toBeDefined();
  }
});
