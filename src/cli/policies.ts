import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createActions } from '../actions/index.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import { formatProblem } from '../domain/catalogue.ts';
import { policyFiles } from '../policies/files.ts';
import { EXIT } from './exit-codes.ts';
import { noClients } from './no-clients.ts';

export interface PoliciesCommand {
  /** The runbooks folder. */
  directory: string;
  /** Where the files go; a system's folder in it is made anew. */
  into: string;
  write: (text: string) => void;
}

/**
 * Writes the least privilege of every runbook, asking no infrastructure; returns the exit status. Writes nothing where a
 * file of the folder is broken: its runbook would silently lose its policy.
 */
export async function policies({ directory, into, write }: PoliciesCommand): Promise<number> {
  const catalogue = await loadCatalogue(directory);
  if (catalogue.problems.length > 0) {
    for (const problem of catalogue.problems) write(`${formatProblem(problem)}\n`);
    return EXIT.refused;
  }
  const files = policyFiles(catalogue, createActions(noClients()));
  await Promise.all(
    Object.keys(catalogue.systems).map((system) => rm(join(into, system), { recursive: true, force: true })),
  );
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), text);
    write(`${join(into, path)}\n`);
  }
  return EXIT.fine;
}
