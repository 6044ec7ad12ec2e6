import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isSeq, parseDocument } from 'yaml';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { SimulationReport } from '../sandbox/simulate/report.ts';
import { simulate } from '../sandbox/simulate/simulate.ts';
import { loadCatalogue } from '../src/catalogue/load.ts';
import { silent } from '../test/support/engine.ts';
import { REGION_DOWN } from '../test/support/sandbox.ts';
import type { Figure } from './figure.ts';

const RUNBOOKS = fileURLToPath(new URL('../runbooks', import.meta.url));
const RUNBOOK = join('chatbot', 'region-failover.yaml');
const GOAL = 1.1;

/** How much longer a recovery takes than the world itself, and how much shorter than one step after another. */
export const recovery: Figure = async ({ quick }) => {
  const speed = quick ? 60 : 10;
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-bench-recovery-'));
  try {
    const overlapping = await play(join(directory, 'overlapping'), speed, false);
    const oneByOne = await play(join(directory, 'one-by-one'), speed, true);
    const took = secondsFromApproval(overlapping);
    const critical = overlapping.criticalPathSeconds ?? Number.NaN;
    const sequence = secondsFromApproval(oneByOne);
    const what = `region failover, from approval until users write again, at --speed ${speed}`;
    return [
      {
        what,
        measured: `${took.toFixed(0)} s`,
        against: `the world's own longest chain ${critical.toFixed(0)} s`,
        ratio: took / critical,
        goal: `≤ ${GOAL.toFixed(2)}`,
        isMet: took / critical <= GOAL,
      },
      {
        what,
        measured: `${took.toFixed(0)} s`,
        against: `the same steps one after another, as the document has them, ${sequence.toFixed(0)} s`,
        ratio: took / sequence,
      },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** World seconds. */
function secondsFromApproval({ clock, outcome, reason }: SimulationReport): number {
  if (clock.approved === null || clock.recovered === null) throw new Error(`It did not recover: ${outcome}. ${reason}`);
  return clock.recovered - clock.approved;
}

async function play(directory: string, speed: number, isOneByOne: boolean): Promise<SimulationReport> {
  const runbooksDirectory = join(directory, 'runbooks');
  await cp(RUNBOOKS, runbooksDirectory, { recursive: true });
  const file = join(runbooksDirectory, RUNBOOK);
  await writeFile(file, changedRunbook(await readFile(file, 'utf8'), isOneByOne));
  const catalogue = await loadCatalogue(runbooksDirectory);
  const [problem] = catalogue.problems;
  if (problem) throw new Error(`${problem.file}:${problem.line} ${problem.message}`);
  const sandbox = await startSandbox({
    catalogue,
    runbooksDirectory,
    systemName: 'chatbot',
    seed: 1,
    speed,
    directory: join(directory, 'sandbox'),
    logger: silent,
  });
  try {
    return await simulate(sandbox, 'region-failover', {
      faults: [REGION_DOWN],
      mode: 'emergency',
      approveAfter: undefined,
      forSeconds: 3900,
    });
  } finally {
    await sandbox.close();
  }
}

/** Without an abort window; one by one, every step that is no guard waits for the one before it in the file. */
function changedRunbook(text: string, isOneByOne: boolean): string {
  const document = parseDocument(text);
  document.set('abortWindow', '0s');
  const phases = document.get('phases');
  if (!isSeq(phases)) throw new Error(`${RUNBOOK} has no phases.`);
  for (const phase of phases.items) {
    const steps = isMap(phase) ? phase.get('steps') : undefined;
    if (!isOneByOne || !isSeq(steps)) continue;
    for (const step of steps.items) if (isMap(step) && !step.has('expect')) step.delete('needs');
  }
  return document.toString();
}
