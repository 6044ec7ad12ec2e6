import { isDoneWithout } from '../domain/emergency.ts';
import { LeaseLost, Permanent } from '../domain/errors.ts';
import { ABORTED } from '../domain/outcome.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { type RunState, stepOf } from '../domain/run-state.ts';
import type { StepEnvironment } from './step-environment.ts';
import { type Attempt, startAttempt } from './step-execution.ts';
import type { StepResult } from './step-results.ts';

/** Machine milliseconds of a shutdown that calls under way get: a process has eight seconds for all of it. */
const SHUTDOWN_TIME = 3000;

interface InFlight {
  step: PlannedStep;
  attempt: Attempt;
  cancel: AbortController;
  /** Never rejects. */
  ended: Promise<void>;
}

/** The steps of one run that this process has under way, and what came of those that ended. */
export class StepsInFlight {
  readonly #environment: StepEnvironment;
  /** Called when a step has ended. */
  readonly #onEnd: () => void;
  /** Ends every step; nothing of theirs counts after it. */
  readonly #ending = new AbortController();
  readonly #inFlight = new Map<string, InFlight>();
  #results: StepResult[] = [];

  constructor(environment: StepEnvironment, onEnd: () => void) {
    this.#environment = environment;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#inFlight.size;
  }

  /** What steps came to by now, oldest first, until it is taken away with `forget`. It does not grow while it is recorded. */
  results(): readonly StepResult[] {
    return [...this.#results];
  }

  /** The oldest `count` results are recorded, or nobody waits for them. */
  forget(count: number): void {
    this.#results = this.#results.slice(count);
  }

  /** Ids of what is under way, and of what has ended since `results` were asked for: neither is to be begun again. */
  idsBesides(results: readonly StepResult[]): ReadonlySet<string> {
    const ended = this.#results.filter((result) => !results.includes(result)).map(({ step }) => step);
    return new Set([...this.#inFlight.keys(), ...ended]);
  }

  launch(step: PlannedStep, number: number, operationId: string): void {
    const { id } = step;
    const cancel = new AbortController();
    const signal = AbortSignal.any([cancel.signal, this.#ending.signal, this.#environment.lease.signal]);
    const attempt = startAttempt(this.#environment, step, operationId, signal);
    const ended = attempt.result
      .then(
        (result) => this.#results.push({ step: id, attempt: number, kind: 'succeeded', result }),
        (error: unknown) => {
          // Whoever holds the run next finds the step unended and looks again.
          if (this.#ending.signal.aborted || error instanceof LeaseLost) return;
          this.#results.push({ step: id, attempt: number, kind: 'failed', error, changes: attempt.changed() });
        },
      )
      .then(() => {
        this.#inFlight.delete(id);
        this.#onEnd();
      });
    this.#inFlight.set(id, { step, attempt, cancel, ended });
  }

  /** Whether something is under way that the run no longer wants. */
  hasUnwanted(run: RunState): boolean {
    return this.#unwanted(run).length > 0;
  }

  /**
   * Ends what the run no longer wants under way: everything after an abort, and what it does without. A mutating call
   * gets its answer first, so that nobody else writes while it is in flight.
   */
  async cancelUnwanted(run: RunState): Promise<void> {
    const by = run.abort?.by ?? 'somebody';
    const sentence = `Stopped: <@${by}> aborted the run. It may be half done; look before you go on.`;
    const reason = new Permanent(ABORTED, sentence);
    await Promise.all(
      this.#unwanted(run).map(async ({ attempt, cancel, ended }) => {
        await attempt.quiet(reason);
        cancel.abort(reason);
        await ended;
      }),
    );
  }

  /** Ends everything: at once when the lease is lost, else when the calls under way are answered. */
  async close(): Promise<void> {
    const reason = new Error('this worker drives the run no longer');
    const all = [...this.#inFlight.values()];
    if (!this.#environment.lease.signal.aborted) {
      await Promise.all(all.map(({ attempt }) => attempt.quiet(reason, SHUTDOWN_TIME)));
    }
    // The next holder starts these steps again.
    this.#ending.abort(reason);
    await Promise.all(all.map(({ ended }) => ended));
  }

  #unwanted(run: RunState): InFlight[] {
    return [...this.#inFlight.values()].filter(
      ({ step }) => run.status === 'aborting' || isDoneWithout(step, run) || stepOf(run, step.id).status !== 'running',
    );
  }
}
