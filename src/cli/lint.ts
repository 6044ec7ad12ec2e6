import { stat } from 'node:fs/promises';
import { createActions } from '../actions/index.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import { formatProblem } from '../domain/catalogue.ts';
import { InvalidInput } from '../domain/errors.ts';
import { lintCatalogue } from '../domain/lint/lint.ts';
import { EXIT } from './exit-codes.ts';
import { lintSimulations } from './lint-simulations.ts';
import { noClients } from './no-clients.ts';

export interface LintCommand {
  directory: string;
  homeRegion: string | undefined;
  json: boolean;
  write: (text: string) => void;
}

/** Checks all runbooks below a folder, asking no infrastructure; returns the exit status. */
export async function lint({ directory, homeRegion, json, write }: LintCommand): Promise<number> {
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new InvalidInput('lint.folder', `There is no folder ${directory}; name the folder that holds access.yaml.`);
  }
  const catalogue = await loadCatalogue(directory);
  const problems = [
    ...lintCatalogue(catalogue, createActions(noClients()), { homeRegion }),
    ...(await lintSimulations(directory, catalogue)),
  ];
  const entries = Object.values(catalogue.systems);
  const runbooks = entries.reduce((sum, entry) => sum + Object.keys(entry.runbooks).length, 0);
  if (json) {
    write(`${JSON.stringify({ version: 1, systems: entries.length, runbooks, problems }, null, 2)}\n`);
  } else {
    for (const problem of problems) write(`${formatProblem(problem)}\n`);
    const looked = `${count(runbooks, 'runbook')} of ${count(entries.length, 'system')}`;
    write(problems.length === 0 ? `${looked}: no mistakes.\n` : `${looked}: ${count(problems.length, 'mistake')}.\n`);
  }
  return problems.length === 0 ? EXIT.fine : EXIT.refused;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
