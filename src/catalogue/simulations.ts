import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../domain/catalogue.ts';
import { InvalidInput } from '../domain/errors.ts';
import { toProblem } from '../domain/lint/mistake.ts';
import { schemaMistakes } from '../domain/lint/schema.ts';
import { type Simulation, Simulations } from '../domain/simulation.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** The simulations beside one runbook, or what is wrong with their file. */
export interface SimulationsFile {
  source: YamlFile;
  simulations: Simulation[];
  /** Not empty: the file cannot be used. */
  problems: Problem[];
}

/**
 * Reads `<runbooksDirectory>/<system>/<runbook>.simulations.yaml`; undefined when there is none. Throws InvalidInput when
 * the file cannot be read.
 */
export async function readSimulations(
  runbooksDirectory: string,
  system: string,
  runbook: string,
): Promise<SimulationsFile | undefined> {
  const file = join(runbooksDirectory, system, `${runbook}.simulations.yaml`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InvalidInput('simulations.unreadable', `${file} cannot be read: ${error.code ?? error.message}.`);
  });
  if (text === undefined) return undefined;
  const source = readYaml(file, text);
  const problems = source.problems.length > 0 ? source.problems : mistakesOf(source);
  return { source, problems, simulations: problems.length > 0 ? [] : Simulations.parse(source.value) };
}

function mistakesOf(source: YamlFile): Problem[] {
  return schemaMistakes(Simulations, source.value).map((mistake) => toProblem(source, mistake));
}
