import type { Action } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, LeaseLost, Retryable } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { isWatching, type WatchState } from '../domain/watch-state.ts';
import type { HeldLease } from '../engine/lease-keeper.ts';
import { pause, STORE_PAUSE } from '../engine/pause.ts';
import type { Store } from '../engine/ports.ts';
import { runContext } from '../engine/step-context.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import type { Logger } from '../log.ts';
import { isNews, type LookResult, watchDecision } from './news.ts';
import { subjectOfWatch, type WatchSubject } from './subject.ts';

/** Machine milliseconds between two looks at the least, however fast the world runs. */
const SHORTEST_PAUSE = 200;
/** Looks that may hang at the same time. Each ends by a deadline of its own; the oldest of more is given up. */
const MOST_LOOKS = 12;
/** The longest that `setTimeout` takes. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export interface LookoutParts {
  store: Pick<Store, 'journal' | 'leases' | 'samples'>;
  actions: ReadonlyMap<string, Action>;
  clock: Clock;
  logger: Logger;
}

interface Look {
  abort: AbortController;
  ended: Promise<void>;
}

/**
 * Looks again and again under the lease of one watch, until the watch has ended or the signal is aborted. The next look
 * starts while the one before it still hangs, so that what comes back waits for no deadline; as soon as one of them is
 * about to change something, or has something to tell, the others are given up and none starts.
 */
export class Lookout {
  readonly #parts: LookoutParts;
  readonly #lease: HeldLease;
  readonly #watch: string;
  readonly #stop: AbortSignal;
  readonly #looks = new Set<Look>();
  /** The look that acts or tells. */
  #alone: Look | undefined;
  #state: IncidentState;

  constructor(parts: LookoutParts, lease: HeldLease, of: { watch: string; state: IncidentState }, signal: AbortSignal) {
    this.#parts = parts;
    this.#lease = lease;
    this.#watch = of.watch;
    this.#state = of.state;
    this.#stop = AbortSignal.any([signal, lease.signal]);
  }

  async run(): Promise<void> {
    try {
      const subject = await this.#subject();
      while (subject && this.#current && !this.#stop.aborted) {
        if (this.#alone) await this.#alone.ended;
        else this.#start(subject);
        const { clock } = this.#parts;
        const every = Math.max(subject.watch.everySeconds * 1000, SHORTEST_PAUSE * clock.speed());
        await clock.sleep(every, this.#stop).catch(() => undefined);
      }
    } finally {
      for (const { abort } of this.#looks) abort.abort(new Error('this watch is looked at no longer'));
      await Promise.all([...this.#looks].map(({ ended }) => ended));
    }
  }

  /** The watch as long as it is looked at. */
  get #current(): WatchState | undefined {
    return this.#state.watches.find((watch) => watch.id === this.#watch && isWatching(watch));
  }

  /** Undefined when it cannot be looked at, which people are told. */
  async #subject(): Promise<WatchSubject | undefined> {
    const watch = this.#current;
    if (!watch) return undefined;
    const { store, actions } = this.#parts;
    try {
      return await subjectOfWatch({ journal: store.journal, actions }, this.#state, watch);
    } catch (error) {
      if (error instanceof Retryable) throw error;
      await this.#tell({ kind: 'failed', error });
      throw error;
    }
  }

  #start(subject: WatchSubject): void {
    const [oldest] = this.#looks;
    if (this.#looks.size >= MOST_LOOKS) oldest?.abort.abort(new Error('it hangs'));
    const abort = new AbortController();
    const look: Look = { abort, ended: Promise.resolve() };
    this.#looks.add(look);
    look.ended = this.#lookOnce(subject, look)
      .catch((error: unknown) => {
        if (this.#stop.aborted || error instanceof LeaseLost) return;
        this.#parts.logger.error({ watch: this.#watch, err: error }, 'Watch finding not recorded');
      })
      .finally(() => {
        this.#looks.delete(look);
        if (this.#alone === look) this.#alone = undefined;
      });
  }

  async #lookOnce(subject: WatchSubject, look: Look): Promise<void> {
    const signal = AbortSignal.any([this.#stop, look.abort.signal]);
    let result: LookResult | undefined;
    try {
      result = await untilAborted(
        subject.watch.look(this.#context(subject, look, signal), subject.input, subject.outputs),
        signal,
      );
    } catch (error) {
      if (signal.aborted || error instanceof LeaseLost || error instanceof Retryable) return;
      result = { kind: 'failed', error };
    }
    const watch = this.#current;
    if (!result || signal.aborted || !watch || !isNews(watch, result)) return;
    this.#claim(look);
    await this.#tell(result);
  }

  #context({ plan, run, step, scope, signed }: WatchSubject, look: Look, signal: AbortSignal) {
    const { store, clock } = this.#parts;
    return runContext({
      ...{ plan, scope, clock, signal, signed },
      mode: run.modeChange?.to ?? plan.mode,
      samples: store.samples,
      operationId: `${run.id}.${step.id}`,
      firstAttemptAt: this.#current?.startedAt ?? clock.now(),
      earlierAttempts: [],
      lease: this.#lease,
      beforeCall: () => this.#claim(look),
      // Nothing shows the progress of a watch, and what it changed counts when it is told.
      progress: () => undefined,
      changed: () => undefined,
      answer: () => undefined,
      nextChange: (until) => pause(LONGEST_TIMEOUT, until),
    });
  }

  /** From now on this look is the only one, so that no other changes or tells the same. */
  #claim(look: Look): void {
    look.abort.signal.throwIfAborted();
    this.#alone = look;
    for (const other of this.#looks) {
      if (other !== look) other.abort.abort(new Error('another look of this watch acts'));
    }
  }

  /** Appends what is news under this lease's epoch; goes on trying while the store is away and the lease holds. */
  async #tell(result: LookResult): Promise<void> {
    const { store, clock, logger } = this.#parts;
    for (;;) {
      this.#stop.throwIfAborted();
      try {
        const decide = (state: IncidentState) => watchDecision(state, this.#watch, result);
        const { entries, state } = await store.journal.decide(this.#state.id, clock.now(), decide, this.#lease.token);
        this.#state = state;
        const said = result.kind === 'failed' ? describeError(result.error) : result.sentence;
        if (entries.length > 0) logger.warn({ watch: this.#watch, kind: result.kind, said }, 'Watch has news');
        return;
      } catch (error) {
        if (!(error instanceof Retryable)) throw error;
        await pause(STORE_PAUSE, this.#stop);
      }
    }
  }
}
