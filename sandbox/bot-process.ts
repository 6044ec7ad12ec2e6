import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ClockMessage } from '../src/clock-message.ts';
import type { WorldClock } from '../src/domain/clock.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** Machine milliseconds in which the bot says that it is ready. */
const START_LIMIT = 30_000;
/** Machine milliseconds that a graceful end may take. */
const STOP_LIMIT = 10_000;
const LAST_LINES = 8;

/** The real bot as a child process; it knows of the sandbox by its environment alone. */
export interface BotProcess {
  readonly pid: number;
  /** Where its `/healthz`, `/readyz` and `/metrics` are. */
  readonly url: string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, insists after 10 s, and waits until it has. */
  stop(): Promise<void>;
}

/** The bot ended, or said nothing, before it was ready. Its message has the end of the bot's log. */
export class BotNotStarted extends Error {
  /** Why, in a few words without a full stop. */
  readonly reason: string;
  readonly logFile: string;

  constructor(reason: string, logFile: string, lines: string[]) {
    super(`The bot did not start: ${reason}. The end of ${logFile}:\n${lines.join('\n')}`);
    this.reason = reason;
    this.logFile = logFile;
  }
}

/**
 * Starts the bot and waits until it says that it is ready. Its world time is that of `clock`, whose changes of speed it
 * follows. Throws BotNotStarted when it does not start, also because `signal` was aborted meanwhile; then it has ended.
 */
export async function startBot(options: {
  /** Without LIFEBOAT_CLOCK. */
  environment: Record<string, string>;
  clock: WorldClock;
  logFile: string;
  /** Ends a bot that is not ready yet. */
  signal?: AbortSignal;
}): Promise<BotProcess> {
  const { environment, clock, logFile, signal } = options;
  signal?.throwIfAborted();
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [MAIN], {
    env: { ...inherited(), ...environment, LIFEBOAT_CLOCK: JSON.stringify(clock.anchor()) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  // What is said before it listens waits in the channel.
  const stopFollowing = clock.onChange(() => {
    const message: ClockMessage = { type: 'clock', anchor: clock.anchor() };
    if (child.connected) child.send(message, () => undefined);
  });
  // Its last words may arrive after its end.
  child.once('close', () => log.end());
  const exited = new Promise<Awaited<BotProcess['exited']>>((resolve) => {
    const end = (how: Awaited<BotProcess['exited']>) => {
      stopFollowing();
      resolve(how);
    };
    child.once('exit', (code, endedBy) => end({ code, signal: endedBy }));
    // There was never a process: the machine has no memory or no descriptors left.
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      log.write(`${error.message}\n`);
      end({ code: error.errno ?? 1, signal: null });
    });
  });
  const giveUp = () => void child.kill('SIGTERM');
  signal?.addEventListener('abort', giveUp, { once: true });
  const url = await ready(child, exited, logFile).finally(() => signal?.removeEventListener('abort', giveUp));
  return {
    pid: child.pid ?? 0,
    url,
    exited,
    kill: (how) => void child.kill(how),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
      await exited;
      clearTimeout(insist);
    },
  };
}

async function ready(child: ChildProcess, exited: BotProcess['exited'], logFile: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it did not become ready within 30 s')), START_LIMIT);
  });
  const told = new Promise<string>((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message.url);
    });
  });
  const ended = exited.then(({ code, signal }) => {
    throw new Error(`it ended with ${signal ?? `status ${code}`}`);
  });
  try {
    return await Promise.race([told, late, ended]);
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES);
    throw new BotNotStarted((error as Error).message, logFile, lines);
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}

function isReady(message: unknown): message is { type: 'ready'; url: string } {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready' && 'url' in message
  );
}

/** The caller's own tokens, endpoints and databases must not leak into the simulated world. */
function inherited(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'LOG_LEVEL', 'NODE_ENV', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name] as string]] : [])));
}
