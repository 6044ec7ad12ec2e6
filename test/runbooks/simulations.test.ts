import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Case, loadAllSimulations } from '../../sandbox/simulate/load-simulations.ts';
import { createActions } from '../../src/actions/index.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { noClients } from '../../src/cli/no-clients.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { Runbook, RunbookStep } from '../../src/domain/runbook.ts';

const RUNBOOKS = fileURLToPath(new URL('../../runbooks', import.meta.url));

/**
 * Actions whose undo no simulation can show, since every runbook has them behind a promotion: users who were sent back
 * would meet an old primary that is fenced, so that no run is undone from there. Why, and what shows their undo instead.
 */
const ONLY_AFTER_A_PROMOTION: Readonly<Record<string, string>> = {
  'route53.upsert':
    'Records move users after writes are proved: "the undo of route53.upsert" in test/actions/undo.test.ts.',
  'arc.switch': 'Routing controls move them instead of records: "the undo of arc.switch" in test/actions/undo.test.ts.',
  'route53.switch-object': 'So does the object: "the undo of route53.switch-object" in test/actions/undo.test.ts.',
};

let catalogue: Catalogue;
let cases: Case[];
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  catalogue = await loadCatalogue(RUNBOOKS);
  cases = await loadAllSimulations(RUNBOOKS, catalogue.systems);
  actions = createActions(noClients());
});

const stepsOf = ({ phases }: Runbook): RunbookStep[] => phases.flatMap(({ steps }) => steps);

function runbooks(): { name: string; runbook: Runbook; own: Case[] }[] {
  return Object.entries(catalogue.systems).flatMap(([system, entry]) =>
    Object.entries(entry.runbooks).map(([id, runbook]) => ({
      name: `${system}/${id}`,
      runbook,
      own: cases.filter((one) => one.system === system && one.runbook === id),
    })),
  );
}

describe('the simulations of the shipped runbooks', () => {
  test('each runbook recovers from something, or ends a diagnosis', () => {
    const without = runbooks().filter(
      ({ own }) => !own.some(({ simulation }) => /^(recovered|finished)/.test(simulation.expect.outcome)),
    );

    expect(without.map(({ name }) => name)).toEqual([]);
  });

  test('each guard stops one run, and is overridden in another', () => {
    const missing = runbooks().flatMap(({ name, runbook, own }) =>
      stepsOf(runbook)
        .filter((step) => step.expect !== undefined)
        .flatMap(({ id }) => {
          const stops = own.some(
            ({ simulation }) => simulation.expect.outcome === 'refused' && simulation.expect.guards?.includes(id),
          );
          const passes = own.some(
            ({ simulation }) => simulation.override.includes(id) && simulation.expect.outcome !== 'refused',
          );
          return [
            ...(stops ? [] : [`${name}: ${id} stops no run`]),
            ...(passes ? [] : [`${name}: ${id} is overridden in no run`]),
          ];
        }),
    );

    expect(missing).toEqual([]);
  });

  test('each action that can be undone is undone in one', () => {
    const undone = new Set(
      runbooks().flatMap(({ runbook, own }) => own.flatMap(({ simulation }) => undoneBy(runbook, simulation))),
    );
    const used = new Set(runbooks().flatMap(({ runbook }) => stepsOf(runbook).map(({ uses }) => uses)));
    const missing = [...used].filter((id) => actions.get(id)?.undo && !undone.has(id));

    expect(missing.sort()).toEqual(Object.keys(ONLY_AFTER_A_PROMOTION).sort());
  });
});

/** Actions of the steps that a simulation takes back: up to where it is aborted, and before anything irreversible. */
function undoneBy(runbook: Runbook, { undo, abortAfter }: Case['simulation']): string[] {
  if (!undo || abortAfter === undefined) return [];
  const steps = stepsOf(runbook);
  const last = steps.findIndex(({ id }) => id === abortAfter);
  const irreversible = steps.findIndex(({ uses }) => actions.get(uses)?.effect === 'irreversible');
  const end = irreversible === -1 ? last : Math.min(last, irreversible - 1);
  return steps.slice(0, end + 1).map(({ uses }) => uses);
}
