// npx node tools/first-recovery.ts: how long somebody takes from `git clone` to the first recovered region, by the README:
// clone, npm ci, npm start, break a region, ask, approve as somebody else, confirm. Prints a line for each part. What a
// person reads and types is reckoned with THINKING seconds each time. Needs git and npm; everything is removed afterwards.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { formatSeconds } from '../src/domain/format-seconds.ts';
import { type Started, startIn } from '../test/page/support/started.ts';
import { press, send, until } from '../test/sandbox/start/play.ts';

/** Seconds that a person takes before each of the four things they do. */
const THINKING = 8;
const run = promisify(execFile);

const beganAt = performance.now();
let last = beganAt;

/** Prints how long it took since the line before, and returns it in seconds. */
function lap(what: string): number {
  const seconds = (performance.now() - last) / 1000;
  last = performance.now();
  console.log(`${what.padEnd(44)}${formatSeconds(Math.round(seconds)).padStart(12)}`);
  return seconds;
}

async function afterThinking(act: () => Promise<void>): Promise<void> {
  await sleep(THINKING * 1000);
  await act();
}

const folder = await mkdtemp(join(tmpdir(), 'lifeboat-first-'));
const clone = join(folder, 'lifeboat');
let sandbox: Started | undefined;
try {
  await run('git', ['clone', '--quiet', resolve(import.meta.dirname, '..'), clone]);
  lap('git clone');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone });
  const download = lap('npm ci (mostly the download)');
  sandbox = await startIn(clone, join(clone, '.lifeboat'), '--no-open');
  const { url } = sandbox;
  lap('npm start, until the page is there');
  await afterThinking(() => send(url, 'fault', { name: 'region-down:us-east-1' }));
  lap('break a region');
  await afterThinking(() => send(url, 'command', { as: 'requester', text: '/dr failover chatbot' }));
  await until(url, ({ recovery }) => recovery?.plan?.status === 'awaiting approval');
  lap('ask, until the plan is there');
  await afterThinking(() => press(url, 'approver', 'Approve'));
  await until(url, ({ recovery }) => recovery?.recoveredAt !== undefined);
  lap('approve, until users can write again');
  await afterThinking(() => press(url, 'approver', 'Yes, it works'));
  await until(url, ({ recovery }) => recovery?.run?.status === 'finished');
  lap('confirm, until the run has ended');
  const whole = (performance.now() - beganAt) / 1000;
  const [all, without] = [whole, whole - download].map((seconds) => formatSeconds(Math.round(seconds)));
  console.log(`From clone to recovered: ${all}, without npm ci ${without}.`);
} finally {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
}
