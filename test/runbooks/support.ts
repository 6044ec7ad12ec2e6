import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActions } from '../../src/actions/index.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { noClients } from '../../src/cli/no-clients.ts';
import { formatProblem } from '../../src/domain/catalogue.ts';
import { type LintOptions, lintCatalogue } from '../../src/domain/lint/lint.ts';

export const actions = createActions(noClients());

/** A copy of the fixture in which one text is replaced in one file. */
export interface Edit {
  file: string;
  replace: string;
  by: string;
}

/** Runs `work` with an edited copy of the fixture, and removes it. Throws when the text is not there. */
export async function withEdited<T>(edits: Edit[], work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-runbooks-'));
  try {
    await cp('test/runbooks/fixture', directory, { recursive: true });
    for (const { file, replace, by } of edits) {
      const path = join(directory, file);
      const text = await readFile(path, 'utf8');
      if (!text.includes(replace)) throw new Error(`${file} does not hold: ${replace}`);
      await writeFile(
        path,
        text.replace(replace, () => by),
      );
    }
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What lint says about the edited copy, with paths relative to it. */
export async function lintEdited(edits: Edit[], options: LintOptions = {}): Promise<string[]> {
  return withEdited(edits, async (directory) => {
    const problems = lintCatalogue(await loadCatalogue(directory), actions, options);
    return problems.map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ''));
  });
}
