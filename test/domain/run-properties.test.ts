import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDoneWithout } from '../../src/domain/emergency.ts';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { IncidentEvent, JournalEntry } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { isReadOnly } from '../../src/domain/read-only.ts';
import { stepOf } from '../../src/domain/run-state.ts';
import { ENDED } from '../../src/domain/scheduler.ts';
import { dueAt, isWindowOpen, nextFacts } from '../../src/engine/next-facts.ts';
import type { StepResult } from '../../src/engine/step-results.ts';
import { declared, plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';
const RUNS = 300;

/** What may happen next, in any order: to the steps under way, by people, by time, to the process. */
const Happening = fc.oneof(
  fc.record({ kind: fc.constant('succeeds' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('fails' as const), which: fc.nat(20), passes: fc.boolean() }),
  fc.record({ kind: fc.constant('answers late' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constantFrom('pause', 'resume', 'retry', 'skip', 'time', 'window', 'crash', 'emergency') }),
);
type Happening = typeof Happening extends fc.Arbitrary<infer T> ? T : never;

/** Any graph without circles: a step needs only steps before it. */
const AnyPlan = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(10), { maxLength: 3 }),
      effect: fc.constantFrom('read', 'reversible', 'irreversible'),
      graceful: fc.boolean(),
      retry: fc.boolean(),
      grouped: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .chain((steps) =>
    fc.record({ steps: fc.constant(steps), mode: fc.constantFrom('planned', 'emergency'), window: fc.boolean() }),
  )
  .map(({ steps, mode, window }) =>
    planWith(
      steps.map(({ needs, effect, graceful, retry, grouped }, index) => {
        const before = [...new Set(needs.filter((need) => need < index))].map((need) => `s${need}`);
        return plannedStep(`s${index}`, {
          needs: before,
          effect: effect as PlannedStep['effect'],
          ...(graceful ? { graceful: true } : {}),
          ...(retry ? { retry: { attempts: 3, backoffSeconds: 5 } } : {}),
          ...(grouped ? { group: { id: 'g', limit: 2 } } : {}),
        });
      }),
      { mode: mode as Plan['mode'], ...(window ? { abortWindowSeconds: 10 } : {}) },
    ),
  );

/** A run driven by the pure parts of the engine; every event is checked against the state before it. */
class Model {
  readonly plan: Plan;
  readonly entries: JournalEntry[] = [];
  state: IncidentState;
  now = 1_000_000;
  inFlight = new Map<string, number>();
  /** Attempts of processes that are gone: they may still answer. */
  readonly late: StepResult[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    this.state = this.#append([
      declared,
      { type: 'plan.created', plan },
      { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: 'U0APPROVER', signed: [] },
      { type: 'run.started', runId: RUN, planId: plan.id, locks: [] },
    ]);
    this.settle([]);
  }

  get run() {
    if (!this.state.run) throw new Error('there is no run');
    return this.state.run;
  }

  #append(events: IncidentEvent[]): IncidentState {
    for (const event of events) {
      if (this.state?.run) this.#check(event);
      const entry = { incident: 'INC-1', sequence: this.entries.length + 1, at: this.now, event, hash: '' };
      this.entries.push(entry);
      this.state = foldIncident([entry], this.state) as IncidentState;
    }
    return this.state;
  }

  #check(event: IncidentEvent): void {
    if (event.type !== 'step.started') return;
    const { run } = this;
    const step = this.plan.steps.find(({ id }) => id === event.step) as PlannedStep;
    const before = stepOf(run, step.id);
    // None twice at once, and every attempt has a number of its own.
    expect(this.inFlight.has(step.id)).toBe(false);
    expect(event.attempt).toBe(before.attempts + 1);
    // None before what it needs.
    expect(step.needs.filter((id) => !ENDED.has(stepOf(run, id).status))).toEqual([]);
    // An aborted run starts nothing; a paused one only what a dead process left running.
    expect(['running', ...(before.status === 'running' ? ['paused'] : [])]).toContain(run.status);
    // Nothing irreversible within the window.
    if (step.effect === 'irreversible') expect(isWindowOpen(run)).toBe(false);
    if (step.group) {
      const others = this.plan.steps.filter(({ id, group }) => group && id !== step.id && this.inFlight.has(id));
      expect(others.length).toBeLessThan(step.group.limit);
    }
  }

  /** People and timers append without a lease; the holder then does what follows from it. */
  append(...events: IncidentEvent[]): void {
    this.#append(events);
    this.settle([]);
  }

  /** Records results and everything that follows, until there is nothing to do but to wait. */
  settle(results: StepResult[]): void {
    for (let given = results; ; given = []) {
      for (const { step } of given) this.inFlight.delete(step);
      const { events } = nextFacts(this.state, {
        runId: RUN,
        plan: this.plan,
        now: this.now,
        results: given,
        inFlight: new Set(this.inFlight.keys()),
        watchedBy: () => undefined,
      });
      for (const event of events) {
        this.#append([event]);
        if (event.type === 'step.started') this.inFlight.set(event.step, event.attempt);
      }
      // What the journal no longer wants is cancelled, as the driver does.
      const { run } = this;
      const unwanted = [...this.inFlight.keys()].filter(
        (step) => run.status === 'aborting' || stepOf(run, step).status !== 'running',
      );
      for (const step of unwanted) this.cancel(step);
      // What the run does without is cancelled too, and what came of it is recorded.
      const without = this.plan.steps.filter((step) => this.inFlight.has(step.id) && isDoneWithout(step, this.run));
      if (without.length > 0) {
        const error = new Permanent('run.aborted', 'Stopped.');
        const ended = without.map(({ id }): StepResult => {
          const attempt = this.inFlight.get(id) ?? 0;
          return { step: id, attempt, kind: 'failed', error, changes: [] };
        });
        this.settle(ended);
        return;
      }
      if (events.length === 0 && unwanted.length === 0) return;
      if (this.run.status === 'finished') return;
    }
  }

  cancel(step: string): void {
    this.late.push({
      step,
      attempt: this.inFlight.get(step) ?? 0,
      kind: 'succeeded',
      result: { outputs: {}, changes: [] },
    });
    this.inFlight.delete(step);
  }

  /** The process dies, and another takes the run up. */
  crash(): void {
    for (const step of [...this.inFlight.keys()]) this.cancel(step);
    this.settle([]);
  }

  happen(happening: Happening): void {
    const { run } = this;
    if (run.status === 'finished' || run.status === 'aborting') return;
    const flying = [...this.inFlight];
    const failed = Object.values(run.steps).find(({ status }) => status === 'failed');
    switch (happening.kind) {
      case 'succeeds':
      case 'fails': {
        const [step, attempt] = flying[happening.which % Math.max(1, flying.length)] ?? [];
        if (step === undefined || attempt === undefined) return;
        if (happening.kind === 'succeeds') {
          this.settle([{ step, attempt, kind: 'succeeded', result: { outputs: {}, changes: [] } }]);
          return;
        }
        const error = happening.passes ? new Retryable('x.busy', 'busy') : new Permanent('x.no', 'no');
        this.settle([{ step, attempt, kind: 'failed', error, changes: [] }]);
        return;
      }
      case 'answers late': {
        const result = this.late[happening.which % Math.max(1, this.late.length)];
        // A late answer never belongs to a step that this process has under way under the same attempt.
        if (result && this.inFlight.get(result.step) === undefined) this.settle([result]);
        return;
      }
      case 'pause':
        if (!run.hold) this.append({ type: 'run.pause-requested', runId: RUN, by: 'U0COMMANDER' });
        return;
      case 'resume':
        if (run.hold) this.append({ type: 'run.resumed', runId: RUN, by: 'U0COMMANDER' });
        return;
      case 'retry':
        if (failed) this.append({ type: 'step.retry-requested', runId: RUN, step: failed.id, by: 'U0COMMANDER' });
        return;
      case 'skip':
        if (failed) this.append({ type: 'step.skipped', runId: RUN, step: failed.id, by: 'U0COMMANDER', reason: 'r' });
        return;
      case 'window':
        if (isWindowOpen(run)) this.append({ type: 'run.abort-window-closed', runId: RUN });
        return;
      case 'emergency':
        if (run.modeChange || this.plan.mode === 'emergency') return;
        this.append({ type: 'run.mode-changed', runId: RUN, to: 'emergency', by: 'U', reason: 'r', signed: [] });
        return;
      case 'time':
        this.now = Math.max(this.now, dueAt(run) ?? this.now + 1000);
        this.settle([]);
        return;
      case 'crash':
        this.crash();
        return;
    }
  }

  /** Everything goes well from here: the run must come to its end. */
  finish(): void {
    for (let rounds = 0; this.run.status !== 'finished'; rounds++) {
      if (rounds > 200) throw new Error(`the run stands still: ${JSON.stringify(this.run.steps)}`);
      this.happen({ kind: 'resume' });
      this.happen({ kind: 'retry' });
      this.happen({ kind: 'window' });
      this.happen({ kind: 'time' });
      this.happen({ kind: 'succeeds', which: 0 });
    }
  }

  ends(): Record<string, string> {
    return Object.fromEntries(Object.values(this.run.steps).map(({ id, status }) => [id, status]));
  }
}

describe('a run, whatever happens to it in whatever order', () => {
  test('starts no step before its needs and none twice at once, and comes to its end', () => {
    fc.assert(
      fc.property(AnyPlan, fc.array(Happening, { maxLength: 60 }), (plan, happenings) => {
        const model = new Model(plan);
        for (const happening of happenings) model.happen(happening);
        model.finish();
        const isExcepted = Object.values(model.run.steps).some(
          ({ status, leftOutBecause }) => status === 'skipped' || leftOutBecause !== undefined,
        );
        const recovered = isExcepted ? 'recovered with exceptions' : 'recovered';
        expect(model.run.outcome).toBe(isReadOnly(plan) ? 'finished' : recovered);
      }),
      { numRuns: RUNS },
    );
  });

  test('starts nothing more once it is aborted, and ends when nothing is under way', () => {
    fc.assert(
      fc.property(AnyPlan, fc.array(Happening, { maxLength: 40 }), (plan, happenings) => {
        const model = new Model(plan);
        for (const happening of happenings) model.happen(happening);
        if (model.run.status === 'finished') return;
        const before = model.entries.length;
        model.append({ type: 'run.abort-requested', runId: RUN, by: 'U0COMMANDER' });
        const types = model.entries.slice(before).map(({ event }) => event.type);
        expect(types).not.toContain('step.started');
        expect(types.at(-1)).toBe('run.finished');
        expect(['aborted', 'failed']).toContain(model.run.outcome);
      }),
      { numRuns: RUNS },
    );
  });

  test('that is paused and crashed anywhere, and resumed, comes to the same end as one that was left alone', () => {
    const interruptions = fc.array(
      fc.record({ kind: fc.constantFrom<'pause' | 'resume' | 'crash' | 'time'>('pause', 'resume', 'crash', 'time') }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(AnyPlan, interruptions, fc.array(fc.nat(20), { maxLength: 30 }), (plan, happenings, successes) => {
        const left = new Model(plan);
        left.finish();
        const interrupted = new Model(plan);
        for (const [index, happening] of happenings.entries()) {
          interrupted.happen(happening);
          interrupted.happen({ kind: 'succeeds', which: successes[index] ?? 0 });
        }
        interrupted.finish();
        expect(interrupted.ends()).toEqual(left.ends());
        expect(interrupted.run.outcome).toBe(left.run.outcome);
      }),
      { numRuns: RUNS },
    );
  });

  test('is the same state when its journal is folded again, at once or entry by entry, once or twice', () => {
    fc.assert(
      fc.property(AnyPlan, fc.array(Happening, { maxLength: 40 }), (plan, happenings) => {
        const model = new Model(plan);
        for (const happening of happenings) model.happen(happening);
        const whole = foldIncident(model.entries);
        expect(whole).toEqual(model.state);
        expect(foldIncident(model.entries, whole)).toBe(whole);
      }),
      { numRuns: RUNS },
    );
  });
});
