import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { KeptResults } from './kept-results.ts';
import type { Case } from './load-simulations.ts';
import { SimulationReport } from './report.ts';

const PlayedCase = z.object({ name: z.string(), report: SimulationReport, complaints: z.array(z.string()) });

/** A simulation as it was played by a process of its own. */
export type Result = Case & { seed: number } & (
    | { kind: 'played'; report: SimulationReport; complaints: string[] }
    /** It came to no report: the sandbox failed. */
    | { kind: 'broken'; sentence: string }
  );

export interface PlayAllOptions {
  seeds: readonly number[];
  /** What is no plain recovery is played with the first seed alone. */
  othersOnce?: boolean | undefined;
  speed: number;
  runbooksDirectory: string;
  /** How many worlds at a time; each needs about a core while it starts. */
  jobs: number;
  /** Where reports of cases that ended as they should are kept; those that are there already are not played again. */
  kept?: KeptResults | undefined;
  /** Told of each as it ends, in the order in which they end. */
  onResult(result: Result): void;
}

/** Machine milliseconds after which a simulation that hangs is ended, so that the others are played. */
const LONGEST = 20 * 60_000;

/** Plays all cases with each seed, each in a process of its own; the results in the order of seeds and cases. */
export async function playAll(cases: readonly Case[], options: PlayAllOptions): Promise<Result[]> {
  const wanted = options.seeds.flatMap((seed, index) =>
    cases.filter((one) => index === 0 || !options.othersOnce || isRecovery(one)).map((one) => ({ ...one, seed })),
  );
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    while (next < wanted.length) {
      const index = next++;
      const one = wanted[index];
      if (!one) return;
      const result = await keptOrPlayed(one, options);
      results[index] = result;
      options.onResult(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return results;
}

/** Whether a runbook is to come through by itself: nobody passes a guard, and nobody ends it. */
function isRecovery({ simulation: { override, abortAfter, expect } }: Case): boolean {
  return override.length === 0 && abortAfter === undefined && /^(recovered|finished)/.test(expect.outcome);
}

async function keptOrPlayed(one: Case & { seed: number }, options: PlayAllOptions): Promise<Result> {
  const report = await options.kept?.find(one, options.speed);
  if (report) return { ...one, kind: 'played', report, complaints: [] };
  const result = await playApart(one, options);
  if (result.kind === 'played') await options.kept?.keep(one, result.report);
  return result;
}

async function playApart(one: Case & { seed: number }, options: PlayAllOptions): Promise<Result> {
  const { system, runbook, simulation, seed } = one;
  const program = process.argv[1] ?? '';
  const words = ['simulate', `${system}/${runbook}`, '--case', simulation.name, '--json'];
  const flags = ['--seed', String(seed), '--speed', String(options.speed), '--runbooks', options.runbooksDirectory];
  // With a channel to us it ends when we do, also by `kill -9`.
  const child = spawn(process.execPath, [...process.execArgv, program, ...words, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const overdue = setTimeout(() => child.kill('SIGKILL'), LONGEST);
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('a child process without pipes');
  const [output, errors] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  clearTimeout(overdue);
  const parsed = PlayedCase.safeParse(readJson(output));
  if (parsed.success) return { ...one, kind: 'played', report: parsed.data.report, complaints: parsed.data.complaints };
  if (child.signalCode === 'SIGKILL') return { ...one, kind: 'broken', sentence: 'it did not end within 20 minutes' };
  const sentence = errors.trim().split('\n').at(-1) || `it ended with exit status ${child.exitCode}`;
  return { ...one, kind: 'broken', sentence };
}

function readJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
