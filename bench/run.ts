import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describeError } from '../src/domain/errors.ts';
import { createLogger } from '../src/log.ts';
import { ensureEmbeddedPostgres } from '../src/store/embedded/supervisor.ts';
import { circumstances, describeCircumstances } from './circumstances.ts';
import { FIGURES, type Row } from './figure.ts';
import { installOnFirstUse } from './install.ts';
import { SERVER_VARIABLE } from './support/database.ts';
import { markdownTable, textTable, writeIntoReadme } from './table.ts';

const RESULTS = new URL('results.json', import.meta.url);
const PROCESS = fileURLToPath(new URL('figure-process.ts', import.meta.url));

interface Flags {
  only?: string[];
  quick?: true;
  write?: true;
}

await new Command('npm run bench --')
  .description('Measure Lifeboat against what is measured beside it, print one table and write bench/results.json.')
  .option('--only <figures>', `some of ${Object.keys(FIGURES).join(', ')}`, figuresOf)
  .option('--quick', 'small numbers: whether it works, not how fast')
  .option('--write', 'put the table into README.md, between its markers')
  .action(bench)
  .parseAsync();

async function bench({ only = Object.keys(FIGURES), quick, write }: Flags): Promise<void> {
  await installOnFirstUse();
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-bench-'));
  const server = await ensureEmbeddedPostgres({ stateDirectory: directory, logger: createLogger('silent') });
  const began = circumstances();
  try {
    const rows: Row[] = [];
    const failed: string[] = [];
    for (const name of only) {
      process.stderr.write(`${name} …`);
      const start = performance.now();
      try {
        rows.push(...(await measure(name, server.connectionString, quick === true)));
      } catch (error) {
        // The other figures are worth having all the same.
        failed.push(describeError(error));
      }
      process.stderr.write(` ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
    }
    const described = describeCircumstances(began, circumstances());
    console.log(`${textTable(rows)}\n\n${described}`);
    const result = { ...began, quick: quick === true, rows };
    await writeFile(RESULTS, `${JSON.stringify(result, null, 2)}\n`);
    for (const sentence of failed) console.error(sentence);
    if (write && failed.length === 0) await writeIntoReadme(`${markdownTable(rows)}\n\n${described}`);
    process.exitCode = failed.length > 0 || rows.some(({ isMet }) => isMet === false) ? 1 : 0;
  } finally {
    await server.release();
    await rm(directory, { recursive: true, force: true });
  }
}

/** In a process of its own: nothing of one figure is in another one's memory. */
function measure(name: string, connectionString: string, quick: boolean): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const child = fork(PROCESS, [name, ...(quick ? ['--quick'] : [])], {
      env: { ...process.env, [SERVER_VARIABLE]: connectionString },
    });
    let rows: Row[] | undefined;
    child.once('message', (message) => {
      rows = message as Row[];
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (rows) resolve(rows);
      else reject(new Error(`The figure ${name} ended with ${code ?? signal} and without a result.`));
    });
  });
}

function figuresOf(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !FIGURES[name]);
  if (unknown !== undefined) {
    throw new Error(`There is no figure "${unknown}". There are: ${Object.keys(FIGURES).join(', ')}.`);
  }
  return names;
}
