import type { Action } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode, LeaseLost, Permanent, Retryable } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { evaluateCondition } from '../domain/expression.ts';
import { type IncidentState, planOf, type RunState, stepOf } from '../domain/incident-state.ts';
import { isRecovered, outcomeOf } from '../domain/outcome.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { isComplete, readySteps } from '../domain/scheduler.ts';
import type { Logger } from '../log.ts';
import type { ChangeHub } from './change-hub.ts';
import { type HeldLease, holdLease } from './lease-keeper.ts';
import { pause } from './pause.ts';
import type { Decision, Journal, Store } from './ports.ts';
import { executeStep, type StepEnvironment, scopeOf } from './step-execution.ts';

/** Machine milliseconds before the store is asked again. */
const STORE_PAUSE = 250;

export interface EngineParts {
  store: Store;
  actions: ReadonlyMap<string, Action>;
  changes: ChangeHub;
  clock: Clock;
  /** Names this process in leases. */
  holder: string;
  /** Machine milliseconds after which something that is only looked at counts as unreachable. */
  observationTimeoutMs: () => number;
  logger: Logger;
}

/**
 * Takes the run of `incident` as far as it goes: until it is finished, paused, in another worker's hands, or `signal`
 * ends this worker. Calling it twice, or again after a crash, is harmless: everything it knows comes from the journal.
 */
export async function advance(parts: EngineParts, incident: string, signal: AbortSignal): Promise<void> {
  const { store, holder, logger } = parts;
  const state = await store.journal.state(incident);
  if (!state?.run || state.run.status === 'finished') return;
  const lease = await holdLease(store.leases, state.run.id, holder, logger);
  if (!lease) return;
  logger.info({ incident, runId: state.run.id, epoch: lease.token.epoch }, 'Run taken up');
  try {
    await new RunDriver(parts, lease, state, signal).drive();
  } catch (error) {
    if (!(error instanceof LeaseLost) && !signal.aborted) throw error;
  } finally {
    await lease.release();
  }
}

/** Drives one run while this process holds its lease. */
class RunDriver {
  readonly #parts: EngineParts;
  readonly #lease: HeldLease;
  readonly #plan: Plan;
  /** Ends this driver's own steps: nothing of theirs is appended after it. */
  readonly #ending = new AbortController();
  readonly #stop: AbortSignal;
  readonly #inFlight = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  #state: IncidentState;

  constructor(parts: EngineParts, lease: HeldLease, state: IncidentState, signal: AbortSignal) {
    this.#parts = parts;
    this.#lease = lease;
    this.#state = state;
    this.#stop = AbortSignal.any([signal, lease.signal, this.#ending.signal]);
    const plan = planOf(state, state.run?.planId)?.plan;
    if (!plan) throw new Error(`the run of ${state.id} has no plan`);
    this.#plan = plan;
  }

  get #run(): RunState {
    if (!this.#state.run) throw new Error(`incident ${this.#state.id} has no run`);
    return this.#state.run;
  }

  async drive(): Promise<void> {
    try {
      while (!(await this.#round())) {
        // Each round looks at the journal afresh.
      }
    } finally {
      // The next holder starts these steps again.
      this.#ending.abort(new Error('this worker drives the run no longer'));
      await Promise.allSettled([...this.#inFlight.values()].map(({ ended }) => ended));
    }
  }

  /** Starts what is ready and waits until something happens; true when there is nothing left to do here. */
  async #round(): Promise<boolean> {
    const version = this.#parts.changes.version(this.#state.id);
    try {
      await this.#refresh();
      // After the wait: a step that ended because this worker stops must not be taken for one to begin again.
      this.#stop.throwIfAborted();
      if (this.#run.status === 'finished') return true;
      if (this.#run.status === 'aborting') {
        await this.#finishAborted();
        return true;
      }
      if (await this.#startSteps()) return false;
      if (this.#inFlight.size === 0) {
        if (isComplete(this.#run)) await this.#finish();
        return true;
      }
    } catch (error) {
      // A store that is away for a moment ends no step: the lease says when it was away for too long.
      if (!(error instanceof Retryable)) throw error;
      await pause(STORE_PAUSE, this.#stop);
      return false;
    }
    await this.#waitForSomething(version);
    return false;
  }

  async #refresh(): Promise<void> {
    const state = await this.#parts.store.journal.state(this.#state.id);
    if (state && state.sequence > this.#state.sequence) this.#state = state;
  }

  /** Starts what is ready, and again what a dead holder left running; true when something was appended. */
  async #startSteps(): Promise<boolean> {
    const interrupted = this.#plan.steps.filter(
      ({ id }) => stepOf(this.#run, id).status === 'running' && !this.#inFlight.has(id),
    );
    const candidates = [...interrupted, ...readySteps(this.#plan, this.#run)];
    if (candidates.length === 0) return false;
    const begun = await this.#append((state) => {
      const { run } = state;
      // Somebody may have asked for an abort since: nothing new starts then.
      if (!run || run.status === 'aborting' || run.status === 'finished') return [];
      return candidates
        .filter(({ id }) => run.status === 'running' || stepOf(run, id).status === 'running')
        .map((step) => this.#beginning(step, run));
    });
    for (const event of begun) {
      const step = 'step' in event ? this.#plan.steps.find(({ id }) => id === event.step) : undefined;
      if (event.type === 'step.started' && step) this.#launch(step, event.attempt, event.operationId);
    }
    return begun.length > 0;
  }

  /** The event with which a step begins: started, or left out because its `if` is false, or failed in judging it. */
  #beginning(step: PlannedStep, run: RunState): IncidentEvent {
    const identity = { runId: run.id, step: step.id };
    const attempt = stepOf(run, step.id).attempts + 1;
    try {
      if (step.if !== undefined && !evaluateCondition(step.if, scopeOf(this.#plan, run))) {
        return { type: 'step.left-out', ...identity };
      }
    } catch (error) {
      const failure = { code: errorCode(error), message: describeError(error) };
      return { type: 'step.failed', ...identity, attempt, error: failure, changes: [] };
    }
    return { type: 'step.started', ...identity, attempt, operationId: `${run.id}.${step.id}` };
  }

  #launch(step: PlannedStep, attempt: number, operationId: string): void {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#stop]);
    const identity = { runId: this.#run.id, step: step.id, attempt };
    const context = { incident: this.#state.id, ...identity };
    const { logger } = this.#parts;
    logger.info(context, 'Step started');
    const work = async () => {
      let result: Awaited<ReturnType<typeof executeStep>>;
      try {
        result = await executeStep(this.#environment(), step, operationId, signal);
      } catch (error) {
        if (this.#stop.aborted || error instanceof LeaseLost) return;
        const failure = { code: errorCode(error), message: describeError(error) };
        logger.warn({ ...context, code: failure.code, reason: failure.message, err: error }, 'Step failed');
        await this.#record({ type: 'step.failed', ...identity, error: failure, changes: [] });
        return;
      }
      const { outputs, changes, exceptions = [] } = result;
      await this.#record({ type: 'step.succeeded', ...identity, outputs, changes, exceptions });
      logger.info(context, 'Step succeeded');
    };
    const ended = work()
      .catch((error: unknown) => {
        // Whoever holds the run next finds the step unended and looks again.
        if (!this.#stop.aborted) logger.error({ ...context, err: error }, 'Step result not recorded');
      })
      .finally(() => this.#inFlight.delete(step.id));
    this.#inFlight.set(step.id, { abort, ended });
  }

  #environment(): StepEnvironment {
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
      nextChange: async (signal) => {
        await changes.changedSince(this.#state.id, changes.version(this.#state.id), signal);
        if (!signal.aborted) await this.#refresh().catch(ignoreRetryable);
      },
    };
  }

  async #waitForSomething(version: number): Promise<void> {
    const enough = new AbortController();
    const either = AbortSignal.any([this.#stop, enough.signal]);
    const changed = this.#parts.changes.changedSince(this.#state.id, version, either);
    await Promise.race([changed, ...[...this.#inFlight.values()].map(({ ended }) => ended)]);
    enough.abort();
  }

  async #finishAborted(): Promise<void> {
    const by = this.#run.abort?.by ?? 'somebody';
    for (const { abort } of this.#inFlight.values()) {
      abort.abort(
        new Permanent('run.aborted', `Stopped: <@${by}> aborted the run. It may be half done; look before you go on.`),
      );
    }
    await Promise.all([...this.#inFlight.values()].map(({ ended }) => ended));
    await this.#finish();
  }

  async #finish(): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const { state } = await this.#decide(store.journal, clock.now(), ({ run, tiers, id }) => {
      if (!run || run.status === 'finished') return { events: [] };
      const ended = { ...outcomeOf(run), runId: run.id };
      const decision: Decision = { events: [{ type: 'run.finished', ...ended }], unlock: run.id };
      // A recovered run holds escalation by itself; an aborted one leaves people on the way.
      if (isRecovered({ ...run, ...ended })) decision.disarm = tiers.map(({ tier }) => `${id}/tier/${tier}`);
      return decision;
    });
    logger.info({ incident: state.id, runId: state.run?.id, outcome: state.run?.outcome }, 'Run finished');
  }

  /** Appends what a step came to; goes on trying while the store is away and the lease holds. */
  async #record(event: IncidentEvent): Promise<void> {
    for (;;) {
      try {
        await this.#append(() => [event]);
        return;
      } catch (error) {
        if (!(error instanceof Retryable) || this.#stop.aborted) throw error;
        await pause(STORE_PAUSE, this.#stop);
      }
    }
  }

  /** Appends execution facts under this lease's epoch; returns them. */
  async #append(decide: (state: IncidentState) => IncidentEvent[]): Promise<IncidentEvent[]> {
    const { store, clock } = this.#parts;
    const { entries } = await this.#decide(store.journal, clock.now(), (state) => ({ events: decide(state) }));
    return entries.map(({ event }) => event);
  }

  async #decide(journal: Journal, at: number, decide: (state: IncidentState) => Decision) {
    const result = await journal.decide(this.#state.id, at, decide, this.#lease.token);
    if (result.state.sequence > this.#state.sequence) this.#state = result.state;
    return result;
  }
}

function ignoreRetryable(error: unknown): void {
  if (!(error instanceof Retryable)) throw error;
}
