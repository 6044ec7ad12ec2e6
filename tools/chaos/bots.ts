import type { BotProcess } from '../../sandbox/bot-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const NAMES = ['A', 'B'] as const;
export type BotName = (typeof NAMES)[number];

/** Starts of a process that failed, after which it is not tried again; machine milliseconds between two. */
const MOST_STARTS = 20;
const BETWEEN_STARTS = 1000;

/** The environment by which the database knows the sessions of a bot. */
export function environmentOf(name: BotName): Record<string, string> {
  return { PGOPTIONS: `-c chaos.process=${name}` };
}

/** Two bots over one store, each serving Slack and driving runs. The first is the sandbox's own. */
export class Bots {
  readonly #sandbox: Sandbox;
  readonly #pids: Record<BotName, number[]> = { A: [], B: [] };
  #second: BotProcess | undefined;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#pids.A.push(sandbox.bot().pid);
  }

  /** Starts the second one. */
  async start(): Promise<void> {
    await untilStarted(() => this.#startSecond());
    this.#pids.B.push(this.process('B').pid);
  }

  /** Every process that a name has had, oldest first. */
  pids(): Record<BotName, readonly number[]> {
    return this.#pids;
  }

  /** The living process that holds a lease, by what it calls itself there: `host/pid/…`. */
  nameOf(holder: string | null | undefined): BotName | undefined {
    const pid = pidOf(holder);
    return NAMES.find((name) => this.process(name).pid === pid);
  }

  process(name: BotName): BotProcess {
    const process = name === 'A' ? this.#sandbox.bot() : this.#second;
    if (!process) throw new Error('The second bot was not started.');
    return process;
  }

  /** `kill -9`, and a new process in its place as soon as one starts. */
  async replace(name: BotName): Promise<void> {
    const old = this.process(name);
    if (name === 'A') await untilStarted(() => this.#sandbox.restartBot('SIGKILL'));
    else {
      old.kill('SIGKILL');
      await old.exited;
      await untilStarted(() => this.#startSecond());
    }
    this.#pids[name].push(this.process(name).pid);
  }

  /** Asks both to end, and waits until they have. */
  async end(): Promise<void> {
    const [first, second] = NAMES.map((name) => this.process(name));
    await Promise.all([first?.stop(), second?.stop()]);
  }

  /** Ends what still runs, also a process that was stopped. */
  async kill(): Promise<void> {
    const running = [this.#sandbox.bot(), this.#second].filter((process) => process !== undefined);
    for (const process of running) process.kill('SIGKILL');
    await Promise.all(running.map(({ exited }) => exited));
  }

  async #startSecond(): Promise<void> {
    this.#second = await this.#sandbox.startBeside(environmentOf('B'));
  }
}

/** A process that does not start (the store is away, the machine is busy) is started again, as a supervisor does. */
async function untilStarted(start: () => Promise<unknown>): Promise<void> {
  for (let starts = 1; ; starts++) {
    try {
      await start();
      return;
    } catch (error) {
      if (starts >= MOST_STARTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_STARTS));
    }
  }
}

/** The process id in what a process calls itself in leases. */
export function pidOf(holder: string | null | undefined): number | undefined {
  const pid = Number(holder?.split('/').at(-2));
  return Number.isInteger(pid) ? pid : undefined;
}
