import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorldClock } from '../../src/domain/clock.ts';
import type { ClientSettings, FromClient, ToClient } from './protocol.ts';
import {
  acknowledgedNumbers,
  downtime,
  firstAcknowledgedAfter,
  type Outage,
  type Outcome,
  outages,
  writingSince,
} from './statistics.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Acknowledged writes in a row that count as "users write again". */
export const STABLE = 5;

export type ClientOptions = Pick<ClientSettings, 'url' | 'proxyUrl' | 'resolver' | 'certificate'> &
  Partial<Pick<ClientSettings, 'interval' | 'timeout' | 'inFlight' | 'firstNumber'>> & {
    /** Whose changes of speed it follows. */
    clock: WorldClock;
  };

/**
 * Starts the client of the product as a child process; it writes from then on until it is closed. `earlier` is what an
 * earlier client of the same world has seen.
 */
export async function startClient(options: ClientOptions, earlier: readonly Outcome[] = []): Promise<ProductClient> {
  const child = fork(MAIN, {
    execPath: process.execPath,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { clock, ...settings } = options;
  const client = new ProductClient(child, earlier);
  await client.started({ interval: 200, timeout: 1000, inFlight: 6, firstNumber: 1, ...settings }, clock);
  return client;
}

/** What the client of the product has seen so far. Times are world milliseconds. */
export class ProductClient extends EventEmitter<{ outcomes: [Outcome[]] }> {
  readonly #child: ChildProcess;
  readonly #outcomes: Outcome[];

  constructor(child: ChildProcess, earlier: readonly Outcome[] = []) {
    super();
    this.#child = child;
    this.#outcomes = [...earlier];
  }

  /** Waits for the process and gives it its orders; called by `startClient`. */
  async started(settings: Omit<ClientSettings, 'anchor'>, clock: WorldClock): Promise<void> {
    const failed = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the client of the product ended at its start with exit status ${code}`);
    });
    await Promise.race([once(this.#child, 'message'), failed]);
    failed.catch(() => {});
    this.#child.on('message', (message: FromClient) => {
      if (message.type !== 'outcomes') return;
      this.#outcomes.push(...message.outcomes);
      this.emit('outcomes', message.outcomes);
    });
    this.#tell({ type: 'start', settings: { ...settings, anchor: clock.anchor() } });
    const stopFollowing = clock.onChange(() => this.#tell({ type: 'anchor', anchor: clock.anchor() }));
    this.#child.once('exit', stopFollowing);
  }

  /** Every write so far, in the order in which it was answered or given up. */
  outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  outages(): Outage[] {
    return outages(this.#outcomes);
  }

  /** World milliseconds between `since` and `until` during which users could not write. */
  downtime(since: number, until: number): number {
    return downtime(this.#outcomes, since, until);
  }

  firstAcknowledgedAfter(time: number): number | undefined {
    return firstAcknowledgedAfter(this.#outcomes, time);
  }

  /** Since when users write without a break; undefined while the last `inARow` writes were not all acknowledged. */
  writingSince(inARow = STABLE): number | undefined {
    return writingSince(this.#outcomes, inARow);
  }

  /** Numbers of the rows that the service acknowledged: what is not in the database of these is lost. */
  acknowledgedNumbers(): number[] {
    return acknowledgedNumbers(this.#outcomes);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  #tell(message: ToClient): void {
    // A client that ends meanwhile is no error, and without a callback would be thrown as one.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
