// npx node tools/first-recovery.ts: how long somebody takes from `git clone` to the first recovered region, by the README:
// clone, npm ci, npm start, break a region, ask, approve as somebody else, confirm. Prints a line for each part. What a
// person reads and types is reckoned with THINKING seconds each time. Needs git and npm; everything is removed afterwards.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Snapshot } from '../sandbox/control/wire.ts';
import { formatSeconds } from '../src/domain/format-seconds.ts';

/** Seconds that a person takes before each of the four things they do. */
const THINKING = 8;
const run = promisify(execFile);
const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

let last = performance.now();
const beganAt = last;
let download = 0;

function lap(what: string): number {
  const now = performance.now();
  const seconds = (now - last) / 1000;
  last = now;
  console.log(`${what.padEnd(44)}${formatSeconds(Math.round(seconds)).padStart(12)}`);
  return seconds;
}

async function until<T>(url: string, find: (snapshot: Snapshot) => T | undefined | false): Promise<T> {
  for (const deadline = Date.now() + 600_000; Date.now() < deadline; await sleep(200)) {
    const found = find((await (await fetch(`${url}state`)).json()) as Snapshot);
    if (found !== undefined && found !== false) return found;
  }
  throw new Error('ten minutes have passed');
}

async function act(url: string, path: string, body: object): Promise<void> {
  await sleep(THINKING * 1000);
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

/** Presses the first button with this label in #incident-response, once it is there. */
async function press(url: string, as: string, label: string): Promise<void> {
  const button = await until(url, ({ messages }) =>
    Object.values(messages)
      .flat()
      .flatMap((message) => (message.blocks ?? []).map((block) => ({ message, block })))
      .flatMap(({ message, block }) =>
        ((block.elements ?? []) as { text?: { text?: string }; action_id?: string; value?: string }[]).map(
          ({ text, action_id, value }) => ({ message, label: text?.text, action: action_id, value }),
        ),
      )
      .find((candidate) => candidate.label === label),
  );
  const { message, action, value } = button;
  await act(url, 'click', { as, channel: message.channel, message: message.ts, action, value });
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((found, fail) => {
    child.once('exit', (code) => fail(new Error(`npm start ended with status ${code}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const url = /^The page: (\S+)$/.exec(line)?.[1];
      if (url !== undefined) found(url);
    });
  });
}

const folder = await mkdtemp(join(tmpdir(), 'lifeboat-first-'));
const clone = join(folder, 'lifeboat');
let child: ChildProcess | undefined;
try {
  await run('git', ['clone', '--quiet', resolve(import.meta.dirname, '..'), clone]);
  lap('git clone');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone });
  download = lap('npm ci (mostly the download)');
  const start = ['bin/lifeboat.mjs', 'start', '--no-open', '--port', '0'];
  child = spawn(process.execPath, start, { cwd: clone, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await address(child);
  lap('npm start, until the page is there');
  await act(url, 'fault', { name: 'region-down:us-east-1' });
  lap('break a region');
  await act(url, 'command', { as: 'requester', text: '/dr failover chatbot', channel: 'incident-response' });
  await until(url, ({ recovery }) => recovery?.plan?.status === 'awaiting approval');
  lap('ask, until the plan is there');
  await press(url, 'approver', 'Approve');
  await until(url, ({ recovery }) => recovery?.recoveredAt !== undefined);
  lap('approve, until users can write again');
  await press(url, 'approver', 'Yes, it works');
  await until(url, ({ recovery }) => recovery?.run?.status === 'finished');
  lap('confirm, until the run has ended');
  const whole = (performance.now() - beganAt) / 1000;
  console.log(
    `From clone to recovered: ${formatSeconds(Math.round(whole))}, without npm ci ${formatSeconds(Math.round(whole - download))}.`,
  );
} finally {
  if (child && child.exitCode === null) {
    const ended = new Promise((done) => child?.once('exit', done));
    child.kill('SIGINT');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
}
