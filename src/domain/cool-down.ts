import { formatSeconds } from './format-seconds.ts';
import { type IncidentState, planOf } from './incident-state.ts';
import { newestChange } from './recovery.ts';
import type { System } from './system.ts';

/** World seconds after a run in which nothing starts by itself, where system.yaml says nothing else. */
const COOL_DOWN_SECONDS = 30 * 60;

/** The time after a run in which automatic starts are held back. World epoch milliseconds. */
export interface CoolDown {
  runId: string;
  endedAt: number;
  until: number;
  /** What wanted to start by itself meanwhile, oldest first. */
  heldBack: IncidentState['heldBack'];
}

/**
 * The cool-down after the run of a system's newest incident, whether that is resolved or not; undefined when no run has
 * ended, it is over at `now` (world time), or a person has acknowledged it.
 */
export function coolDownOf(state: IncidentState | undefined, now: number): CoolDown | undefined {
  const { coolDownEnded, heldBack } = state ?? {};
  const run = state && newestChange(state);
  if (!state || run?.finishedAt === undefined) return undefined;
  const { finishedAt } = run;
  if (coolDownEnded && coolDownEnded.at >= finishedAt) return undefined;
  const until = finishedAt + coolDownMilliseconds(planOf(state, run.planId)?.plan.system);
  if (now >= until) return undefined;
  return { runId: run.id, endedAt: finishedAt, until, heldBack: heldBack?.filter(({ at }) => at >= finishedAt) ?? [] };
}

/** How long the cool-down of a system is, in world milliseconds. */
export function coolDownMilliseconds(system: Pick<System, 'coolDown'> | undefined): number {
  return (system?.coolDown ?? COOL_DOWN_SECONDS) * 1000;
}

/** What a person should know before they start something in a cool-down: one sentence. `now` in world time. */
export function coolDownWarning({ runId, endedAt, until }: CoolDown, now: number): string {
  const ago = formatSeconds((now - endedAt) / 1000);
  return `${runId} ended ${ago} ago; make sure that its changes have settled. Automatic starts are held back until ${clockTime(until)}.`;
}

/** How a cool-down stands, for `/dr status`: until when, what it held back, and how it ends early. */
export function describeCoolDown({ runId, until, heldBack }: CoolDown, system: string): string {
  const triggers = [...new Set(heldBack.map(({ trigger }) => trigger))];
  const held = triggers.length > 0 ? ` Held back: ${triggers.join(', ')}.` : '';
  return `Automatic starts of ${system} are held back until ${clockTime(until)}, because ${runId} has ended.${held} \`/dr acknowledge ${system}\` ends that.`;
}

function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
