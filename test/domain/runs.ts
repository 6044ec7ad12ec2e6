import * as fc from 'fast-check';
import type { EventOf, IncidentEvent, JournalEntry } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState, type RunState } from '../../src/domain/incident-state.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { readySteps } from '../../src/domain/scheduler.ts';

/** A plan with these needs; only what scheduler and fold look at is filled in. */
export function planWith(needs: Record<string, string[]>, leftOut: readonly string[] = []): Plan {
  const steps = Object.entries(needs).map(([id, before]) => ({ id, needs: before, included: !leftOut.includes(id) }));
  return { id: 'INC-1.p1', verdict: 'ready', steps: steps as PlannedStep[] } as unknown as Plan;
}

/** Any acyclic graph of up to eight steps: each needs some of those before it. Some are left out from the start. */
export const anyPlan: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 8 }).chain((count) =>
  fc
    .tuple(
      fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: count, maxLength: count }),
      fc.array(fc.nat({ max: count - 1 }), { maxLength: 2 }),
    )
    .map(([picks, out]) => {
      const entries = picks.map((wanted, index): [string, string[]] => {
        const before = index === 0 ? [] : wanted.map((number) => `s${number % index}`);
        return [`s${index}`, [...new Set(before)]];
      });
      return planWith(
        Object.fromEntries(entries),
        out.map((number) => `s${number}`),
      );
    }),
);

/** What may happen next, as a choice among what is possible then. */
export const anyChoices = fc.array(fc.record({ what: fc.nat({ max: 9 }), which: fc.nat() }), { maxLength: 60 });
export type Choices = { what: number; which: number }[];

class Recording {
  readonly entries: JournalEntry[] = [];
  state: IncidentState | undefined;

  append(event: IncidentEvent): void {
    const sequence = this.entries.length + 1;
    const entry = { incident: 'INC-1', sequence, at: sequence * 1000, event, hash: String(sequence) };
    this.entries.push(entry);
    this.state = foldIncident([entry], this.state);
  }

  get run(): RunState {
    if (!this.state?.run) throw new Error('nothing runs');
    return this.state.run;
  }
}

const runId = 'INC-1.r1';

export function begin(plan: Plan): Recording {
  const recording = new Recording();
  recording.append({
    type: 'incident.declared',
    system: 'chatbot',
    title: 'Test',
    severity: 'P0',
    by: 'U1',
    channel: 'C1',
    detectedAt: 0,
    tiers: [{ tier: 1, afterSeconds: 0, action: 'page', contact: 'SRE' }],
  });
  recording.append({ type: 'plan.created', plan });
  recording.append({ type: 'plan.approved', planId: plan.id, hash: 'h', by: 'U2', signed: [] });
  recording.append({ type: 'run.started', runId, planId: plan.id, locks: [] });
  return recording;
}

type StepEvent = Extract<IncidentEvent, { step: string }>;

/** Plays choices as engine and people would: steps start only when they are ready, end only when they run. */
export function play(
  plan: Plan,
  choices: Choices,
  onStart: (recording: Recording, step: PlannedStep) => void,
): Recording {
  const recording = begin(plan);
  for (const { what, which } of choices) {
    const event = eventFor(what, which, plan, recording.run);
    if (!event) continue;
    if (event.type === 'step.started') {
      const step = plan.steps.find(({ id }) => id === event.step);
      if (step) onStart(recording, step);
    }
    recording.append(event);
  }
  return recording;
}

function eventFor(
  what: number,
  which: number,
  plan: Plan,
  run: RunState,
): StepEvent | EventOf<'run.abort-requested'> | undefined {
  const pick = <T>(items: readonly T[]): T | undefined => items[which % Math.max(1, items.length)];
  const inState = (status: string) => Object.values(run.steps).filter((step) => step.status === status);
  const running = pick(inState('running'));
  const failed = pick(inState('failed'));
  if (what <= 3) {
    const step = pick(readySteps(plan, run));
    const attempt = (step ? (run.steps[step.id]?.attempts ?? 0) : 0) + 1;
    return step && { type: 'step.started', runId, step: step.id, attempt, operationId: `${runId}.${step.id}` };
  }
  if (what <= 5) {
    return (
      running && {
        type: 'step.succeeded',
        runId,
        step: running.id,
        attempt: running.attempts,
        outputs: {},
        changes: [],
        exceptions: [],
      }
    );
  }
  if (what === 6) {
    const error = { code: 'x', message: 'It failed.' };
    return running && { type: 'step.failed', runId, step: running.id, attempt: running.attempts, error, changes: [] };
  }
  if (what === 7) return failed && { type: 'step.retry-requested', runId, step: failed.id, by: 'U3' };
  if (what === 8) return failed && { type: 'step.skipped', runId, step: failed.id, by: 'U3', reason: 'not needed' };
  return which % 7 === 0 && run.status !== 'aborting' ? { type: 'run.abort-requested', runId, by: 'U3' } : undefined;
}
