import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Job, JobResult } from './job.ts';

const PROGRAM = join(import.meta.dirname, 'one-recovery.ts');
/** Machine milliseconds that no recovery takes. */
const LONGEST = 15 * 60_000;
const MOST_STARTS = 3;

/**
 * Plays every job in a process of its own, `width` at a time, and tells each result as it comes. A process that dies or
 * does not come to an end is a violation. Once `signal` is aborted nothing is started any more and what runs is ended.
 */
export async function playAll(
  jobs: readonly Job[],
  { width, onResult, signal }: { width: number; onResult: (result: JobResult) => void; signal: AbortSignal },
): Promise<void> {
  const waiting = [...jobs];
  const one = async () => {
    for (let job = waiting.shift(); job && !signal.aborted; job = waiting.shift()) {
      const result = await playUntilPlayed(job, signal);
      // What was ended from outside says nothing.
      if (!signal.aborted) onResult(result);
    }
  };
  await Promise.all(Array.from({ length: width }, one));
}

/** A world that does not start on a busy machine says nothing of what it was to try. */
async function playUntilPlayed(job: Job, signal: AbortSignal): Promise<JobResult> {
  for (let starts = 1; ; starts++) {
    const result = await playOne(job, signal);
    if (!result.isUnplayed || starts === MOST_STARTS || signal.aborted) return result;
  }
}

function playOne(job: Job, signal: AbortSignal): Promise<JobResult> {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let result: JobResult | undefined;
    const insist = setTimeout(() => child.kill('SIGKILL'), LONGEST);
    const end = () => child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    child.on('message', (message) => {
      result = JobResult.parse(message);
    });
    child.once('exit', (code, endedBy) => {
      clearTimeout(insist);
      signal.removeEventListener('abort', end);
      const violations = [`The process that played it ended with ${endedBy ?? `status ${code}`}.`];
      const seconds = (performance.now() - began) / 1000;
      resolve(result ?? { job, isUnplayed: false, struck: [], violations, notes: [], seconds });
    });
    send(child, job);
  });
}

function send(child: ChildProcess, job: Job): void {
  child.send(job, () => undefined);
}
