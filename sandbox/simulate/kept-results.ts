import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complaintsOf } from './expectation.ts';
import type { Case } from './load-simulations.ts';
import { SimulationReport } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Hexadecimal digits of a digest in a file's name. */
const DIGITS = 12;

/** Reports of simulations that have been played, a file each, so that a long rehearsal can be gone on with. */
export interface KeptResults {
  /** The report of this case with this seed and speed, when it ended as the case now says it must. */
  find(one: Case & { seed: number }, speed: number): Promise<SimulationReport | undefined>;
  keep(one: Case & { seed: number }, report: SimulationReport): Promise<void>;
}

/**
 * Results in a folder, which is made when the first one is kept. `code` says by what they were played: those of other code
 * are not found, since a figure that another one brought is not measured.
 */
export function keptResults(folder: string, code: string): KeptResults {
  return {
    async find(one, speed) {
      const text = await readFile(join(folder, fileOf(one, speed, code)), 'utf8').catch(() => undefined);
      const parsed = text === undefined ? undefined : SimulationReport.safeParse(readJson(text));
      if (!parsed?.success || complaintsOf(one.simulation, parsed.data).length > 0) return undefined;
      return parsed.data;
    },
    async keep(one, report) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, fileOf(one, report.speed, code)), `${JSON.stringify(report, null, 2)}\n`);
    },
  };
}

/**
 * What decides how a simulation goes, in a few letters: the code of the bot and of the world, the packages, and the
 * runbooks with what they refer to. Not what a simulation is or how it must end: the first is in a report's name, by the
 * second each report is judged anew.
 */
export async function codeOf(runbooksDirectory: string): Promise<string> {
  const own = await filesOf(ROOT, ['src/**/*.ts', 'sandbox/**/*.ts', 'package-lock.json'], /^sandbox\/page\//);
  const runbooks = await filesOf(runbooksDirectory, ['**/*.{yaml,yml,json}'], /\.simulations\.ya?ml$|^schema\//);
  const hash = createHash('sha256');
  for (const { name, path } of [...own, ...runbooks])
    hash
      .update(name)
      .update('\0')
      .update(await readFile(path));
  return hash.digest('hex').slice(0, DIGITS);
}

async function filesOf(root: string, patterns: string[], except: RegExp): Promise<{ name: string; path: string }[]> {
  const names: string[] = [];
  for await (const name of glob(patterns, { cwd: root })) names.push(name.replaceAll(sep, '/'));
  return names
    .filter((name) => !except.test(name))
    .toSorted()
    .map((name) => ({ name, path: join(root, name) }));
}

/** What breaks and what people do is part of the name: a case that was changed is played again. */
function fileOf({ system, runbook, simulation, seed }: Case & { seed: number }, speed: number, code: string): string {
  const { expect: _expect, ...played } = simulation;
  const digest = createHash('sha256').update(JSON.stringify(played)).digest('hex').slice(0, DIGITS);
  return `${system}.${runbook}.${digest}.seed-${seed}.speed-${speed}.${code}.json`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
