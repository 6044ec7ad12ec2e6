import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { loadAllSimulations } from '../../sandbox/simulate/load-simulations.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';

test('docs/recoveries.md has a row for each simulation, and no other', async () => {
  const { systems } = await loadCatalogue('runbooks');
  const cases = await loadAllSimulations('runbooks', systems);
  const sections = readFileSync('docs/recoveries.md', 'utf8').split(/^## /m).slice(1);
  const rows = sections.flatMap((section) => {
    const [runbook = '', ...lines] = section.split('\n');
    const cells = lines.filter((line) => line.startsWith('| ')).slice(1);
    return cells.map((line) => `${runbook}: ${line.slice(2).split(' | ')[0]}`);
  });

  const wanted = cases.map(({ system, runbook, simulation }) => `${system}/${runbook}: ${simulation.name}`);
  expect(rows.toSorted()).toEqual(wanted.toSorted());
});
