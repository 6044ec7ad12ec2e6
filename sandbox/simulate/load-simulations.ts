import { readSimulations } from '../../src/catalogue/simulations.ts';
import type { YamlFile } from '../../src/catalogue/yaml-file.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { toProblem } from '../../src/domain/lint/mistake.ts';
import type { Simulation } from '../../src/domain/simulation.ts';
import { parseFault } from '../control/faults.ts';

/** A simulation of one runbook of one system. */
export interface Case {
  system: string;
  runbook: string;
  simulation: Simulation;
}

/**
 * The simulations beside a runbook, in the order of the file; none when there is no such file. Throws InvalidInput with
 * file, line and column of the first mistake.
 */
export async function loadSimulations(runbooksDirectory: string, system: string, runbook: string): Promise<Case[]> {
  const found = await readSimulations(runbooksDirectory, system, runbook);
  if (!found) return [];
  const { source, simulations } = found;
  const [problem] = found.problems;
  if (problem) throw new InvalidInput('simulations.broken', place(problem, problem.message));
  for (const [index, { name }] of simulations.entries()) {
    const twice = simulations.findIndex((other) => other.name === name) !== index;
    if (twice) throw at(source, [index, 'name'], `Two simulations are called "${name}"; call one of them otherwise.`);
  }
  for (const [index, simulation] of simulations.entries()) {
    for (const fault of faultsOf(simulation)) checkFault(fault, (sentence) => at(source, [index, 'faults'], sentence));
  }
  return simulations.map((simulation) => ({ system, runbook, simulation }));
}

/** The simulations of every runbook of these systems, in the order of their names. Throws as `loadSimulations` does. */
export async function loadAllSimulations(runbooksDirectory: string, systems: Catalogue['systems']): Promise<Case[]> {
  const names = Object.entries(systems).flatMap(([system, { runbooks }]) =>
    Object.keys(runbooks).map((runbook) => ({ system, runbook })),
  );
  const found = await Promise.all(
    names.map(({ system, runbook }) => loadSimulations(runbooksDirectory, system, runbook)),
  );
  return found.flat();
}

/** The simulation of this name, or the only one whose name begins so; undefined where there is none, or several. Pure. */
export function caseOf(cases: readonly Case[], name: string): Case | undefined {
  const begun = cases.filter(({ simulation }) => simulation.name.startsWith(name));
  return cases.find(({ simulation }) => simulation.name === name) ?? (begun.length === 1 ? begun[0] : undefined);
}

function faultsOf({ faults, before, turns }: Simulation): string[] {
  return [
    ...faults,
    ...before.flatMap((one) => one.faults),
    ...turns.flatMap((turn) => [...(turn.faults ?? []), ...(turn.end ?? [])]),
  ];
}

function checkFault(fault: string, mistake: (sentence: string) => InvalidInput): void {
  try {
    parseFault(fault);
  } catch (error) {
    if (error instanceof InvalidInput) throw mistake(error.message);
    throw error;
  }
}

function at(source: YamlFile, path: (string | number)[], message: string): InvalidInput {
  return new InvalidInput('simulations.broken', place(toProblem(source, { path, message }), message));
}

function place({ file, line, column }: { file: string; line: number; column: number }, message: string): string {
  return `${file}:${line}:${column} ${message}`;
}
