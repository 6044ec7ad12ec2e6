import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codeOf, keptResults } from '../../../sandbox/simulate/kept-results.ts';
import type { Case } from '../../../sandbox/simulate/load-simulations.ts';
import { SimulationReport } from '../../../sandbox/simulate/report.ts';
import { Simulation } from '../../../src/domain/simulation.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-kept-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refused: SimulationReport = SimulationReport.parse({
  version: 1,
  system: 'chatbot',
  runbook: 'region-failover',
  mode: 'emergency',
  seed: 1,
  speed: 60,
  outcome: 'refused',
  reason: 'No: the service answers users.',
  exceptions: [],
  guards: ['outage'],
  clock: {
    detected: 0,
    declared: null,
    planned: null,
    approved: null,
    started: null,
    trafficMoved: null,
    recovered: null,
  },
  rto: { targetSeconds: 900, measuredSeconds: null, verdict: 'FAILED' },
  rpo: { targetSeconds: 300, measuredSeconds: 0, verdict: 'COMPLIANT' },
  client: { downtimeSeconds: 0, rowsAcknowledged: 10, rowsLost: 0 },
  steps: [],
  pages: [],
  calls: {},
  journal: { events: 3, chain: 'valid' },
  missed: [],
  criticalPathSeconds: null,
  overheadSeconds: null,
});

function caseOf(simulation: Record<string, unknown>): Case & { seed: number } {
  const parsed = Simulation.parse({ name: 'nothing is broken', expect: { outcome: 'refused' }, ...simulation });
  return { system: 'chatbot', runbook: 'region-failover', simulation: parsed, seed: 1 };
}

test('a report is found by what was played, while it ended as it must, and by the same code alone', async () => {
  const one = caseOf({});
  await keptResults(folder, 'code').keep(one, refused);

  expect(await keptResults(folder, 'code').find(one, 60)).toEqual(refused);
  const others: [string, Case & { seed: number }, number][] = [
    ['code', caseOf({ expect: { outcome: 'recovered' } }), 60],
    ['code', caseOf({ faults: ['route53-control-plane-down'] }), 60],
    ['code', { ...one, seed: 2 }, 60],
    ['code', one, 10],
    ['other', one, 60],
  ];
  for (const [code, other, speed] of others) {
    expect(await keptResults(folder, code).find(other, speed)).toBeUndefined();
  }
});

test('the code is another one with another runbook, and the same with another expectation', async () => {
  const runbooks = join(folder, 'runbooks');
  await cp('runbooks', runbooks, { recursive: true });
  const before = await codeOf(runbooks);
  await writeFile(join(runbooks, 'chatbot', 'region-failover.simulations.yaml'), '- name: another\n');
  const same = await codeOf(runbooks);
  await writeFile(join(runbooks, 'chatbot', 'region-failover.yaml'), 'title: another\n');

  expect(same).toBe(before);
  expect(await codeOf(runbooks)).not.toBe(before);
});
