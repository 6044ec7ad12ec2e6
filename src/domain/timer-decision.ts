import type { JsonObject } from './action.ts';
import { expiryDecision, expiryTimer, expiryTimerId, tierDecision } from './escalation.ts';
import type { IncidentEvent } from './events.ts';
import { type IncidentState, type PlanState, planOf } from './incident-state.ts';
import type { Plan } from './plan.ts';

/** World milliseconds between two reminders that a plan waits for its approval. */
const REMINDER_INTERVAL = 5 * 60_000;

/** World milliseconds by which the end of an abort window may be late before it counts as unseen: every process was away. */
const WINDOW_MISSED = 20_000;

/** A durable timer as its row has it. */
interface DueTimer {
  kind: 'tier' | 'approval-expiry' | 'reminder' | 'abort-window';
  dueAt: number;
  data: JsonObject;
}

interface ArmedTimer extends DueTimer {
  id: string;
}

interface TimerDecision {
  events: IncidentEvent[];
  arm?: ArmedTimer[];
  disarm?: string[];
}

/**
 * The timers of a plan that begins to wait for its approval at `since` (world milliseconds): its expiry, by the age of
 * what it saw, and the first reminder. `reminders`: how many there were before.
 */
export function waitingTimers({ id, createdAt }: Pick<Plan, 'id' | 'createdAt'>, since = createdAt, reminders = 0) {
  return [expiryTimer(id, createdAt), reminderTimer(id, since, reminders + 1)];
}

/** Every timer that may be armed for a plan: whoever decides on it disarms these. */
export function waitingTimerIds({ plan, reminders = 0 }: Pick<PlanState, 'plan' | 'reminders'>): string[] {
  return [expiryTimerId(plan.id), reminderTimerId(plan.id, reminders + 1)];
}

/** The timer of a plan's next reminder, its number `count` (1 for the first). `since`: world milliseconds. */
function reminderTimer(planId: string, since: number, count = 1): ArmedTimer {
  return {
    id: reminderTimerId(planId, count),
    kind: 'reminder',
    dueAt: since + REMINDER_INTERVAL,
    data: { planId, count },
  };
}

/** The timer that ends the abort window of a run, or the second one. `until` in world milliseconds. */
export function abortWindowTimer(runId: string, until: number, isSecond = false): ArmedTimer {
  return { id: abortWindowTimerId(runId, isSecond), kind: 'abort-window', dueAt: until, data: { runId } };
}

/** The id of that timer. */
export function abortWindowTimerId(runId: string, isSecond = false): string {
  return isSecond ? `${runId}/abort-window/2` : `${runId}/abort-window`;
}

/** What a timer that fires appends, and the timers that it arms and disarms, whatever its kind. Pure; `now` in world time. */
export function timerDecision(timer: DueTimer, state: IncidentState, now = timer.dueAt): TimerDecision {
  switch (timer.kind) {
    case 'tier':
      return tierDecision(timer, state);
    case 'approval-expiry':
      return expiry(timer, state);
    case 'reminder':
      return reminderDecision(timer, state, now);
    case 'abort-window':
      return abortWindowDecision(timer, state, now);
  }
}

/** Nobody is reminded of a plan that has expired. */
function expiry(timer: DueTimer, state: IncidentState): TimerDecision {
  const decision = expiryDecision(timer, state);
  const disarm = decision.events.flatMap((event) => {
    const entry = event.type === 'plan.expired' ? planOf(state, event.planId) : undefined;
    return entry ? waitingTimerIds(entry) : [];
  });
  return { ...decision, disarm };
}

/** Reminds until the plan is decided on; its expiry ends that as well. One that fires late is not made up for. */
function reminderDecision({ data, dueAt }: DueTimer, state: IncidentState, now: number): TimerDecision {
  const { planId, count } = data;
  if (typeof planId !== 'string' || typeof count !== 'number' || state.status === 'resolved') return { events: [] };
  if (planOf(state, planId)?.status !== 'awaiting approval') return { events: [] };
  return {
    events: [{ type: 'plan.reminded', planId, count }],
    arm: [reminderTimer(planId, Math.max(dueAt, now), count + 1)],
  };
}

/** Ends the window, or opens it once more when nobody was there to show it: an abort must have had its time. */
function abortWindowDecision({ data, dueAt }: DueTimer, { run, plans }: IncidentState, now: number): TimerDecision {
  const window = run?.abortWindow;
  if (run?.id !== data.runId || run?.status === 'finished' || !window || window.closed) return { events: [] };
  const seconds = planOf({ plans }, run.planId)?.plan.abortWindowSeconds ?? 0;
  if (now - dueAt <= WINDOW_MISSED || window.isSecond || run.status !== 'running') {
    return { events: [{ type: 'run.abort-window-closed', runId: run.id }] };
  }
  const until = now + seconds * 1000;
  return {
    events: [{ type: 'run.abort-window-opened', runId: run.id, step: window.step, until }],
    arm: [abortWindowTimer(run.id, until, true)],
  };
}

function reminderTimerId(planId: string, count: number): string {
  return `${planId}/reminder/${count}`;
}
