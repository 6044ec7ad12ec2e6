import { coolDownMilliseconds } from '../domain/cool-down.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { utc, utcMinute } from './time.ts';

/** Starts that were held back which a message names. */
const NAMED = 3;
const LONGEST_TRIGGER = 120;

/**
 * After a run: until when nothing starts by itself, what was held back because of that, and how it ends early; mrkdwn.
 * Names moments and no durations, so that it stays true on a message that nobody updates any more.
 */
export function coolDownLines(state: IncidentState): string[] {
  const { run, heldBack, coolDownEnded, system } = state;
  if (run?.finishedAt === undefined) return [];
  const lasts = coolDownMilliseconds(planOf(state, run.planId)?.plan.system);
  if (lasts === 0) return [];
  const until = run.finishedAt + lasts;
  const held = heldBack.filter(({ at }) => at >= (run.finishedAt ?? 0));
  if (coolDownEnded && coolDownEnded.at >= run.finishedAt) {
    return [
      ...heldLines(held),
      `❄️ Cool-down ended by <@${coolDownEnded.by}> at ${utc(coolDownEnded.at)}: starts by alarms are allowed again.`,
    ];
  }
  const ends = `\`/dr acknowledge ${escapeText(system)}\` ends that early; a person may always start.`;
  return [...heldLines(held), `❄️ Cool-down: until ${utcMinute(until)} nothing starts by itself. ${ends}`];
}

function heldLines(held: IncidentState['heldBack']): string[] {
  if (held.length === 0) return [];
  const named = held
    .slice(0, NAMED)
    .map(({ trigger, at }) => `${escapeText(cut(trigger, LONGEST_TRIGGER))} at ${utc(at)}`);
  const left = held.length - named.length;
  return [`❄️ *Held back, not started:* ${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`];
}
