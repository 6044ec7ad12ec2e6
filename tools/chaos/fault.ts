import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Bots } from './bots.ts';
import type { Job } from './job.ts';
import type { Redis } from './redis.ts';
import type { StoreView } from './store-view.ts';

/** What a fault has at hand when it strikes. */
export interface StrikeContext {
  sandbox: Sandbox;
  bots: Bots;
  store: StoreView;
  /** Only where the queue is on Redis. */
  redis: Redis | undefined;
  short: boolean;
  /** Sequence of the event that it follows. */
  sequence: number;
  /**
   * Lets the world's time run slowly while `work` lasts, so that machine seconds (a lease, a restart) do not count as
   * minutes against the timeouts of steps.
   */
  slowly<T>(work: () => Promise<T>): Promise<T>;
}

/** Something that happens to Lifeboat or to what it depends on, and that a recovery must survive without help. */
export interface ChaosFault {
  name: string;
  sentence: string;
  /** Strikes at every journal event in turn; the others strike at moments drawn from the seed. */
  everywhere?: true;
  /** Has something to do only where the queue is there. */
  queue?: Job['queue'];
  /** Events that it may follow; absent: any. */
  moments?: readonly string[];
  /**
   * Strikes, and resolves when it is over and everything that it ended has been started again. Returns the machine
   * seconds of the takeover, where the run had a holder that died. Throws, in a sentence, when that did not come about.
   */
  strike(context: StrikeContext): Promise<number | undefined>;
}
