import type { Exception } from '../domain/action.ts';
import { describeError, errorCode, LifeboatError, Retryable } from '../domain/errors.ts';
import type { EventOf, IncidentEvent } from '../domain/events.ts';
import { resolveValue } from '../domain/expression.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { scopeOfStep } from '../domain/plan-scope.ts';
import type { RunState } from '../domain/run-state.ts';
import type { EngineParts } from './advance.ts';
import type { HeldLease } from './lease-keeper.ts';
import { dueAt, type Holding, isWindowOpen, nextFacts } from './next-facts.ts';
import { pause, STORE_PAUSE } from './pause.ts';
import type { Decision } from './ports.ts';
import type { StepEnvironment } from './step-environment.ts';
import type { StepResult } from './step-results.ts';
import { StepsInFlight } from './steps-in-flight.ts';

/** Drives one run while this process holds its lease. */
export class RunDriver {
  readonly #parts: EngineParts;
  readonly #lease: HeldLease;
  readonly #runId: string;
  readonly #plan: Plan;
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  readonly #flight: StepsInFlight;
  readonly #stop: AbortSignal;
  /** Ends the wait for something to happen. */
  #wake: () => void = () => undefined;
  #state: IncidentState;
  /** The journal may hold more than `#state`: it could not be read. */
  #isStale = false;

  /** Throws when the incident has no run, or the run no plan (a programming error). */
  constructor(parts: EngineParts, lease: HeldLease, state: IncidentState, signal: AbortSignal) {
    const plan = planOf(state, state.run?.planId)?.plan;
    if (!state.run || !plan) throw new Error(`the run of ${state.id} has no plan`);
    this.#parts = parts;
    this.#lease = lease;
    this.#state = state;
    this.#runId = state.run.id;
    this.#plan = plan;
    this.#steps = new Map(plan.steps.map((step) => [step.id, step]));
    this.#stop = AbortSignal.any([signal, lease.signal]);
    this.#flight = new StepsInFlight(this.#createEnvironment(), () => this.#wake());
  }

  /** Takes the run as far as it goes. Rejects when the lease is lost or the signal aborted. */
  async drive(): Promise<void> {
    try {
      while (!(await this.#round())) {
        // Each round looks at the journal afresh.
      }
    } finally {
      await this.#flight.close();
    }
  }

  /** Appends what there is to append, or waits until there is something; true when nothing is left to do here. */
  async #round(): Promise<boolean> {
    this.#stop.throwIfAborted();
    try {
      await this.#refresh();
      if (this.#hasEnded()) return true;
      await this.#flight.cancelUnwanted(this.#run);
      const known = this.#flight.results();
      const seen = this.#state;
      const decision = nextFacts(seen, this.#holding(known));
      // Results that nobody waits for any more bring no event.
      if (decision.events.length === 0) this.#flight.forget(known.length);
      else await this.#append(known, { seen, decision });
    } catch (error) {
      // A store that is away for a moment ends no step: the lease says when it was away for too long.
      if (!(error instanceof Retryable)) throw error;
      this.#isStale = true;
      await pause(STORE_PAUSE, this.#stop);
      return false;
    }
    if (this.#hasEnded()) return true;
    // A quick step has ended by now, or one is to be cancelled.
    if (this.#flight.results().length > 0 || this.#flight.hasUnwanted(this.#run)) return false;
    if (nextFacts(this.#state, this.#holding([])).events.length > 0) return false;
    if (this.#isIdle()) return true;
    await this.#wait();
    return false;
  }

  get #run(): RunState {
    if (!this.#state.run) throw new Error(`incident ${this.#state.id} has no run`);
    return this.#state.run;
  }

  #hasEnded(): boolean {
    return this.#state.run?.id !== this.#runId || this.#state.run.status === 'finished';
  }

  /** Nothing is under way and nothing becomes due by itself: whoever changes that wakes the run. */
  #isIdle(): boolean {
    if (this.#flight.size > 0 || this.#flight.results().length > 0) return false;
    return dueAt(this.#run) === undefined && !isWindowOpen(this.#run);
  }

  #holding(results: readonly StepResult[]): Holding {
    return {
      runId: this.#runId,
      plan: this.#plan,
      now: this.#parts.clock.now(),
      results,
      // One that ended while this is decided is neither recorded nor to be begun again.
      inFlight: this.#flight.idsBesides(results),
      watchedBy: (step, kind) => this.#watchedBy(step, kind),
    };
  }

  #watchedBy(step: PlannedStep, kind: Exception): string | undefined {
    const watch = this.#parts.actions.get(step.uses)?.watch;
    const { run } = this.#state;
    if (watch?.exception !== kind || !run) return undefined;
    return watch.subject(resolveValue(step.with, scopeOfStep(this.#plan, run, step)) as never, this.#plan.system);
  }

  async #refresh(): Promise<void> {
    const { changes, store } = this.#parts;
    if (!this.#isStale && changes.sequence(this.#state.id) <= this.#state.sequence) return;
    const state = await store.journal.state(this.#state.id);
    this.#isStale = false;
    if (state && state.sequence > this.#state.sequence) this.#state = state;
  }

  /** One decision, the one `made` unless the journal has grown since; what begins in it is launched. */
  async #append(results: readonly StepResult[], made: { seen: IncidentState; decision: Decision }): Promise<void> {
    const { store, clock } = this.#parts;
    const decide = (refusal?: Holding['refusal']) =>
      store.journal.decide(
        this.#state.id,
        clock.now(),
        (state) =>
          state === made.seen && !refusal
            ? made.decision
            : nextFacts(state, { ...this.#holding(results), ...(refusal ? { refusal } : {}) }),
        this.#lease.token,
      );
    const { state, entries } = await decide().catch((error: unknown) => {
      // The run that was to follow wants what another run has locked: this one ends all the same.
      if (errorCode(error) !== 'lock.held') throw error;
      return decide({ code: 'lock.held', message: describeError(error) });
    });
    this.#flight.forget(results.length);
    if (state.sequence > this.#state.sequence) this.#state = state;
    for (const result of results) this.#tellUnexpected(result);
    for (const { event } of entries) {
      if (event.type === 'step.started') this.#launch(event);
      this.#tell(event);
    }
  }

  #launch({ step: id, attempt, operationId }: EventOf<'step.started'>): void {
    const step = this.#steps.get(id);
    if (!step) throw new Error(`plan ${this.#plan.id} has no step ${id}`);
    this.#flight.launch(step, attempt, operationId);
  }

  /** The journal keeps no messages of foreign errors; the log has them. */
  #tellUnexpected(result: StepResult): void {
    if (result.kind !== 'failed' || result.error instanceof LifeboatError) return;
    const context = { incident: this.#state.id, runId: this.#runId, step: result.step, err: result.error };
    this.#parts.logger.error(context, 'Step failed unexpectedly');
  }

  /** Records that an attempt may act from here on; goes on trying while the store is away and the lease holds. */
  async #clear(step: string, attempt: number): Promise<void> {
    const { store, clock } = this.#parts;
    for (;;) {
      this.#stop.throwIfAborted();
      try {
        const { state } = await store.journal.decide(
          this.#state.id,
          clock.now(),
          (now) =>
            isCleared(now, step)
              ? { events: [] }
              : { events: [{ type: 'step.cleared', runId: this.#runId, step, attempt }] },
          this.#lease.token,
        );
        if (state.sequence > this.#state.sequence) this.#state = state;
        return;
      } catch (error) {
        if (!(error instanceof Retryable)) throw error;
        await pause(STORE_PAUSE, this.#stop);
      }
    }
  }

  /** Until a step ends, somebody appends, something is due, or this worker stops. */
  async #wait(): Promise<void> {
    const { changes, clock } = this.#parts;
    if (this.#flight.results().length > 0) return;
    const enough = new AbortController();
    this.#wake = () => enough.abort();
    const due = this.#state.run && dueAt(this.#state.run);
    const disarm = due === undefined ? undefined : clock.at(due, this.#wake);
    const either = AbortSignal.any([this.#stop, enough.signal]);
    await changes.appendedAfter(this.#state.id, this.#state.sequence, either);
    disarm?.();
  }

  #createEnvironment(): StepEnvironment {
    const { actions, store, clock, changes, observationTimeoutMs } = this.#parts;
    return {
      actions,
      clock,
      observationTimeoutMs,
      samples: store.samples,
      progress: store.progress,
      plan: this.#plan,
      lease: this.#lease,
      state: () => this.#state,
      clear: (step, attempt) => this.#clear(step, attempt),
      nextChange: async (signal) => {
        await changes.appendedAfter(this.#state.id, this.#state.sequence, signal);
        if (signal.aborted) return;
        await this.#refresh().catch(async (error: unknown) => {
          if (!(error instanceof Retryable)) throw error;
          await pause(STORE_PAUSE, signal);
        });
      },
    };
  }

  #tell(event: IncidentEvent): void {
    const { logger } = this.#parts;
    const incident = this.#state.id;
    if (event.type === 'step.started' || event.type === 'step.succeeded') {
      const { runId, step, attempt } = event;
      logger.info(
        { incident, runId, step, attempt },
        event.type === 'step.started' ? 'Step started' : 'Step succeeded',
      );
    } else if (event.type === 'step.failed' || event.type === 'step.attempt-failed') {
      const { runId, step, attempt, error } = event;
      logger.warn({ incident, runId, step, attempt, code: error.code, reason: error.message }, 'Step failed');
    } else if (event.type === 'run.finished') {
      logger.info({ incident, runId: event.runId, outcome: event.outcome }, 'Run finished');
    }
  }
}

function isCleared({ run }: IncidentState, step: string): boolean {
  return run?.steps[step]?.cleared === true;
}
