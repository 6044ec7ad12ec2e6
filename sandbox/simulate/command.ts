import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { nearestWord } from '../../src/domain/nearest.ts';
import { parseFault, placesOfSystem } from '../control/faults.ts';
import { duration, durationOrNever, oneOf, seeds, speed, wholeNumber } from './arguments.ts';
import { describePlayed, describeReport, describeResult, describeTotals } from './describe.ts';
import { codeOf, keptResults } from './kept-results.ts';
import { type Case, caseOf, loadAllSimulations, loadSimulations } from './load-simulations.ts';
import { playAll } from './play-all.ts';
import { inWorld, playCase, type World } from './play-case.ts';
import { recoveriesPage } from './recoveries.ts';
import { simulate } from './simulate.ts';
import { isPassed } from './verdict.ts';

interface SimulateFlags {
  all?: true;
  case?: string;
  fault?: string[];
  mode: 'emergency' | 'planned';
  seed: number;
  seeds?: number[];
  othersOnce?: true;
  speed: number;
  jobs: number;
  approveAfter?: number | 'never';
  for: number;
  runbooks: string;
  resume?: string;
  write?: string;
  json?: true;
  keep?: true;
}

/**
 * `lifeboat simulate`: sets `process.exitCode`. Of one disaster it is 0 only when the client of the product recovered; of
 * simulations from files (`--case`, `--all`) when each ended as its file says.
 */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Rehearse disasters from the first failure to the last check, without a person.')
    .argument('[system/runbook]', 'for example chatbot/region-failover; with --all a system alone, or nothing')
    .option('--all', 'play every simulation that stands beside the runbooks, and exit 0 when each ended as it should')
    .option('--case <name>', 'play this simulation of the runbook; the beginning of its name is enough')
    .option('--fault <name>', 'what breaks, for example region-down:us-east-1; repeatable', collect)
    .option('--mode <mode>', 'emergency or planned', oneOf('emergency', 'planned'), 'emergency')
    .option('--seed <number>', "the world's latencies and reactions follow from it", wholeNumber, 1)
    .option('--seeds <from-to>', 'with --all: every simulation with each of these seeds, for example 1-10', seeds)
    .option('--others-once', 'with --seeds: what refuses, is overridden or aborted is played with the first seed alone')
    .option('--speed <number>', 'world seconds per second', speed, 10)
    .option('--jobs <number>', 'with --all: how many worlds at a time', wholeNumber, 1)
    .option('--approve-after <duration>', 'from the fault to the approval, for example 20m, or never', durationOrNever)
    .addOption(
      new Option('--for <duration>', 'how long to look when nobody approves')
        .argParser(duration)
        .default(65 * 60, '65m'),
    )
    .option('--runbooks <folder>', 'your own runbooks', process.env.RUNBOOKS_DIR || 'runbooks')
    .option(
      '--resume <folder>',
      'keep reports here; --all does not play again what this code has brought to the end that it should',
    )
    .option('--write <file>', 'with --all: write the page of recoveries (docs/recoveries.md) from what was measured')
    .option('--json', 'print the report as JSON (docs/simulate.md)')
    .option('--keep', "keep the folder with the bot's log and databases, and say where it is")
    .action(async (subject: string | undefined, flags: SimulateFlags) => {
      process.exitCode = await run(subject, flags);
    });
}

async function run(subject: string | undefined, flags: SimulateFlags): Promise<number> {
  const runbooksDirectory = resolve(flags.runbooks);
  const catalogue = await loadCatalogue(runbooksDirectory);
  const world = { catalogue, runbooksDirectory, seed: flags.seed, speed: flags.speed, keep: flags.keep };
  if (flags.all) return runAll(await casesOf(subject, world), flags, runbooksDirectory);
  const { systemName, runbook } = requireRunbook(catalogue, subject);
  if (flags.case !== undefined) return runCase(await requireCase(flags.case, systemName, runbook, world), world, flags);
  const system = catalogue.systems[systemName]?.system;
  const faults = (flags.fault ?? []).map((text) => parseFault(text, system && placesOfSystem(system)));
  const report = await inWorld(systemName, world, (sandbox) =>
    simulate(sandbox, runbook, {
      faults,
      mode: flags.mode,
      approveAfter: flags.approveAfter,
      forSeconds: flags.for,
    }),
  );
  console.log(flags.json ? JSON.stringify(report, null, 2) : describeReport(report));
  return isPassed(report) ? 0 : 1;
}

async function runCase(one: Case, world: World, { json, resume }: SimulateFlags): Promise<number> {
  const played = await playCase(one, world);
  if (resume !== undefined)
    await (await keptIn(resume, world.runbooksDirectory)).keep({ ...one, seed: world.seed }, played.report);
  console.log(json ? JSON.stringify(played, null, 2) : describePlayed(played));
  return played.complaints.length === 0 ? 0 : 1;
}

async function runAll(cases: Case[], flags: SimulateFlags, runbooksDirectory: string): Promise<number> {
  if (cases.length === 0) {
    throw new InvalidInput(
      'simulations.none',
      'No simulations stand beside these runbooks (<runbook>.simulations.yaml).',
    );
  }
  const results = await playAll(cases, {
    seeds: flags.seeds ?? [flags.seed],
    speed: flags.speed,
    jobs: Math.max(1, flags.jobs),
    runbooksDirectory,
    othersOnce: flags.othersOnce,
    kept: flags.resume === undefined ? undefined : await keptIn(flags.resume, runbooksDirectory),
    onResult: (result) => console.error(describeResult(result)),
  });
  if (flags.write !== undefined) await writeFile(flags.write, recoveriesPage(results));
  console.log(flags.json ? JSON.stringify({ version: 1, results }, null, 2) : describeTotals(results));
  return results.every((result) => result.kind === 'played' && result.complaints.length === 0) ? 0 : 1;
}

async function keptIn(folder: string, runbooksDirectory: string) {
  return keptResults(folder, await codeOf(runbooksDirectory));
}

/** The simulations of a runbook, of a system, or of all. */
async function casesOf(subject: string | undefined, { catalogue, runbooksDirectory }: World): Promise<Case[]> {
  if (subject?.includes('/')) {
    const { systemName, runbook } = requireRunbook(catalogue, subject);
    return loadSimulations(runbooksDirectory, systemName, runbook);
  }
  if (subject !== undefined && !catalogue.systems[subject]) throw unknownSystem(subject, catalogue);
  const systems = Object.entries(catalogue.systems).filter(([name]) => subject === undefined || name === subject);
  return loadAllSimulations(runbooksDirectory, Object.fromEntries(systems));
}

async function requireCase(name: string, systemName: string, runbook: string, { runbooksDirectory }: World) {
  const cases = await loadSimulations(runbooksDirectory, systemName, runbook);
  const found = caseOf(cases, name);
  if (found) return found;
  const names = cases.map(({ simulation }) => simulation.name);
  const meant = nearestWord(name, names);
  throw new InvalidInput(
    'simulations.unknown',
    `${systemName}/${runbook} has no simulation "${name}"${meant ? `; did you mean "${meant}"` : ''}. It has: ${names.join(', ') || 'none'}.`,
  );
}

function unknownSystem(name: string, { systems }: Catalogue): InvalidInput {
  return new InvalidInput(
    'system.unknown',
    `There is no system "${name}"; there are: ${Object.keys(systems).join(', ') || 'none'}.`,
  );
}

/** The system and the runbook that are meant. Throws InvalidInput, in a sentence, when there is no such one. */
function requireRunbook(catalogue: Catalogue, subject: string | undefined): { systemName: string; runbook: string } {
  const [systemName = '', runbook = '', ...rest] = (subject ?? '').split('/');
  if (!systemName || !runbook || rest.length > 0) {
    throw new InvalidInput(
      'simulate.subject',
      `Write <system>/<runbook>, for example chatbot/region-failover, not "${subject ?? ''}"; or --all.`,
    );
  }
  const entry = catalogue.systems[systemName];
  if (entry && !entry.runbooks[runbook]) {
    const names = Object.keys(entry.runbooks);
    const meant = nearestWord(runbook, names);
    const broken = catalogue.problems.find(({ file }) => file.includes(`/${systemName}/${runbook}.`));
    if (broken)
      throw new InvalidInput('runbook.broken', `${broken.file}:${broken.line}:${broken.column} ${broken.message}`);
    throw new InvalidInput(
      'runbook.unknown',
      `${systemName} has no runbook "${runbook}"${meant ? `; did you mean ${meant}` : ''}. It has: ${names.join(', ')}.`,
    );
  }
  return { systemName, runbook };
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}
