import type { Sandbox } from '../../sandbox/sandbox.ts';
import { fraction } from '../../sandbox/world/random.ts';
import { describeError } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Bots } from './bots.ts';
import type { StrikeContext } from './fault.ts';
import { CHAOS_FAULTS } from './faults/index.ts';
import type { Job, Moment, Strike, Struck } from './job.ts';
import type { Redis } from './redis.ts';
import type { StoreView } from './store-view.ts';

/** World seconds per second while a process or a store is away. */
const SLOW = 3;

export interface StrikerParts {
  sandbox: Sandbox;
  bots: Bots;
  store: StoreView;
  redis: Redis | undefined;
  job: Job;
}

/** Lets the faults of a job strike, each directly after its event, one after another. */
export class Striker {
  readonly #parts: StrikerParts;
  readonly #waiting: Strike[];
  readonly #struck: Struck[] = [];
  readonly #failures: string[] = [];
  #underWay: Promise<void> | undefined;
  #read = 0;
  #unsubscribe: (() => Promise<void>) | undefined;

  constructor(parts: StrikerParts) {
    this.#parts = parts;
    this.#waiting = [...parts.job.strikes];
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.#parts.sandbox.store.journal.subscribe((incident, sequence) => {
      void this.#onAppend(incident, sequence);
    });
  }

  /** Without the names of the events: the journal may be away just now. */
  struck(): readonly Struck[] {
    return this.#struck;
  }

  /** What a fault itself found wrong. */
  failures(): readonly string[] {
    return this.#failures;
  }

  isStriking(): boolean {
    return this.#underWay !== undefined;
  }

  /**
   * Waits for what is under way; nothing strikes afterwards. What should have struck by the event `last`, the newest of
   * the journal, and did not is a failure: it must not count as survived. One still under way keeps the next from its moment.
   */
  async end(last: number): Promise<void> {
    const isFree = this.#underWay === undefined;
    for (const { fault, at } of this.#waiting.splice(0)) {
      if (isFree && (typeof at === 'string' || at <= last)) this.#failures.push(`${fault} never struck at ${at}`);
    }
    await this.#unsubscribe?.();
    await this.#underWay;
  }

  async #onAppend(incident: string, sequence: number): Promise<void> {
    const next = this.#waiting[0];
    if (!next || this.#underWay) return;
    if (typeof next.at === 'number') {
      if (sequence >= next.at) this.#begin(next, sequence);
      return;
    }
    const entries = await this.#parts.sandbox.store.journal.read(incident, this.#read).catch(() => []);
    for (const entry of entries) {
      this.#read = Math.max(this.#read, entry.sequence);
      const strike = this.#waiting[0];
      if (!strike || this.#underWay || typeof strike.at === 'number') return;
      if (isMoment(strike.at, entry.event)) this.#begin(strike, entry.sequence);
    }
  }

  #begin(strike: Strike, sequence: number): void {
    this.#waiting.shift();
    this.#underWay = this.#strike(strike, sequence).finally(() => {
      this.#underWay = undefined;
    });
  }

  async #strike({ fault: name }: Strike, sequence: number): Promise<void> {
    const fault = CHAOS_FAULTS.find((candidate) => candidate.name === name);
    const entry: Struck = { fault: name, sequence, event: '' };
    this.#struck.push(entry);
    try {
      const takeover = await fault?.strike(this.#context(sequence));
      if (takeover !== undefined) entry.takeoverSeconds = Math.round(takeover * 100) / 100;
    } catch (error) {
      this.#failures.push(`${name} after event ${sequence}: ${describeError(error)}`);
    }
  }

  #context(sequence: number): StrikeContext {
    const { sandbox, bots, store, redis, job } = this.#parts;
    return {
      ...{ sandbox, bots, store, redis, sequence },
      short: job.short,
      async slowly(work) {
        const usual = sandbox.world.clock.speed();
        sandbox.setSpeed(SLOW);
        try {
          return await work();
        } finally {
          sandbox.setSpeed(usual);
        }
      },
    };
  }
}

function isMoment(moment: Moment, event: IncidentEvent): boolean {
  return moment === event.type || moment === nameOf(event);
}

/** `step.started promote`, `plan.approved`. */
export function nameOf(event: IncidentEvent): string {
  return 'step' in event ? `${event.type} ${event.step}` : event.type;
}

/** One of these, a function of seed and purpose alone. */
export function pick<T>(seed: number, purpose: string, from: readonly T[]): T {
  const chosen = from[Math.floor(fraction(seed, 'chaos', purpose) * from.length)];
  if (chosen === undefined) throw new Error(`there is nothing to pick for ${purpose}`);
  return chosen;
}
