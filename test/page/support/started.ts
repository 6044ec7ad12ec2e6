import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Machine milliseconds in which it must be ready, on a machine that does other things besides. */
const START_LIMIT = 120_000;

/** What `npm start` started, as somebody has it who started it in the background. */
export interface Started {
  /** Of the page, with a slash at the end. */
  url: string;
  /** Everything that it printed. */
  output(): string;
  /** Ends it as Ctrl+C does; its folder stays. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Folders of sandboxes that a test starts, again and again; `remove` takes them away. */
export async function createStateFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-page-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }) };
}

/** Starts the sandbox as the README says, without a terminal. */
export const start = (folder: string, ...args: string[]): Promise<Started> => startIn(ROOT, folder, ...args);

/** The same in the checkout at `root`. */
export async function startIn(root: string, folder: string, ...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['bin/lifeboat.mjs', 'start', '--port', '0', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LIFEBOAT_STATE_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready within two minutes:\n${lines.join('\n')}`)), START_LIMIT);
    const read = (line: string) => {
      lines.push(line);
      const found = /^The page: (\S+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
    child.once('exit', (code) => reject(new Error(`it ended with status ${code}:\n${lines.join('\n')}`)));
  });
  return {
    url,
    output: () => lines.join('\n'),
    stop: () => end(child, 'SIGINT'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function end(child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
