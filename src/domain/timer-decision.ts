import type { JsonObject } from './action.ts';
import { expiryDecision, tierDecision } from './escalation.ts';
import type { IncidentEvent } from './events.ts';
import { type IncidentState, planOf } from './incident-state.ts';

/** World milliseconds between two reminders that a plan waits for its approval. */
export const REMINDER_INTERVAL = 5 * 60_000;

/** A durable timer as its row has it. */
interface DueTimer {
  kind: 'tier' | 'approval-expiry' | 'reminder' | 'abort-window';
  dueAt: number;
  data: JsonObject;
}

interface ArmedTimer extends DueTimer {
  id: string;
}

/** The timer of a plan's reminder number `count`, 1 for the first. `createdAt` in world milliseconds. */
export function reminderTimer(planId: string, createdAt: number, count = 1): ArmedTimer {
  return {
    id: `${planId}/reminder/${count}`,
    kind: 'reminder',
    dueAt: createdAt + count * REMINDER_INTERVAL,
    data: { planId, count },
  };
}

/** The timer that ends the abort window of a run. `until` in world milliseconds. */
export function abortWindowTimer(runId: string, until: number): ArmedTimer {
  return { id: `${runId}/abort-window`, kind: 'abort-window', dueAt: until, data: { runId } };
}

/** What a timer that fires appends, and the timers that it arms, whatever its kind. Pure. */
export function timerDecision(timer: DueTimer, state: IncidentState): { events: IncidentEvent[]; arm?: ArmedTimer[] } {
  switch (timer.kind) {
    case 'tier':
      return tierDecision(timer, state);
    case 'approval-expiry':
      return expiryDecision(timer, state);
    case 'reminder':
      return reminderDecision(timer, state);
    case 'abort-window':
      return abortWindowDecision(timer, state);
  }
}

/** Reminds until the plan is decided on; its expiry ends that as well. */
function reminderDecision({ data }: DueTimer, state: IncidentState): { events: IncidentEvent[]; arm?: ArmedTimer[] } {
  const { planId, count } = data;
  if (typeof planId !== 'string' || typeof count !== 'number' || state.status === 'resolved') return { events: [] };
  const entry = planOf(state, planId);
  if (entry?.status !== 'awaiting approval') return { events: [] };
  return {
    events: [{ type: 'plan.reminded', planId, count }],
    arm: [reminderTimer(planId, entry.plan.createdAt, count + 1)],
  };
}

function abortWindowDecision({ data }: DueTimer, { run }: IncidentState): { events: IncidentEvent[] } {
  const isOpen = run?.id === data.runId && run?.status !== 'finished' && run?.abortWindow?.closed === false;
  return { events: isOpen ? [{ type: 'run.abort-window-closed', runId: run.id }] : [] };
}
