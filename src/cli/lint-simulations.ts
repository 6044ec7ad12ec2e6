import { readSimulations, type SimulationsFile } from '../catalogue/simulations.ts';
import type { Catalogue, CatalogueEntry, Path, Problem } from '../domain/catalogue.ts';
import { toProblem } from '../domain/lint/mistake.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { Simulation } from '../domain/simulation.ts';

/** What is wrong in the simulations beside the runbooks. Throws InvalidInput when a file cannot be read. */
export async function lintSimulations(directory: string, { systems }: Catalogue): Promise<Problem[]> {
  const all = Object.entries(systems).flatMap(([system, entry]) =>
    Object.keys(entry.runbooks).map(async (runbook) => {
      const found = await readSimulations(directory, system, runbook);
      return found ? [...found.problems, ...namesThatAreNone(found, entry, runbook)] : [];
    }),
  );
  return (await Promise.all(all)).flat();
}

/** Steps that a simulation names and its runbook does not have, and names that two simulations share. */
function namesThatAreNone({ source, simulations }: SimulationsFile, entry: CatalogueEntry, runbook: string): Problem[] {
  const steps = stepIds(entry, runbook);
  const unknown = simulations.flatMap((simulation, index) =>
    namedSteps(simulation).flatMap(({ step, path }) => {
      // A step of a nested runbook, or a copy, is named `<step>.<its step>`.
      if (steps.has(step.split('.')[0] ?? step)) return [];
      const meant = nearestWord(step, [...steps]);
      const suggestion = meant === undefined ? {} : { suggestion: `Did you mean ${meant}?` };
      return [{ path: [index, ...path], message: `${runbook} has no step "${step}".`, ...suggestion }];
    }),
  );
  const twice = simulations.flatMap(({ name }, index) =>
    simulations.findIndex((other) => other.name === name) === index
      ? []
      : [{ path: [index, 'name'], message: `Two simulations are called "${name}".` }],
  );
  return [...unknown, ...twice].map((mistake) => toProblem(source, mistake));
}

function stepIds(entry: CatalogueEntry, runbook: string): Set<string> {
  const phases = entry.runbooks[runbook]?.phases ?? [];
  return new Set(phases.flatMap(({ steps }) => steps.map(({ id }) => id)));
}

function namedSteps({ expect, override, answers, abortAfter, turns }: Simulation): { step: string; path: Path }[] {
  return [
    ...(expect.guards ?? []).map((step, index) => ({ step, path: ['expect', 'guards', index] })),
    ...override.map((step, index) => ({ step, path: ['override', index] })),
    ...Object.keys(answers).map((step) => ({ step, path: ['answers', step] })),
    ...(abortAfter === undefined ? [] : [{ step: abortAfter, path: ['abortAfter'] }]),
    ...turns.flatMap(({ step }, index) => (step === undefined ? [] : [{ step, path: ['turns', index, 'step'] }])),
  ];
}
