import { coolDownMilliseconds } from '../domain/cool-down.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { newestChange } from '../domain/recovery.ts';
import { escapeText } from './escape.ts';
import { type Button, cut } from './message.ts';
import { utc, utcMinute } from './time.ts';

/** Starts that were held back which a message names. */
const NAMED = 3;
const LONGEST_TRIGGER = 120;

/** What wanted to start by itself after the run and was held back: somebody has to look at it; mrkdwn. */
export function heldBackLines(state: IncidentState): string[] {
  const held = heldBackAfterRun(state);
  if (held.length === 0) return [];
  const named = held
    .slice(0, NAMED)
    .map(({ trigger, at }) => `${escapeText(cut(trigger, LONGEST_TRIGGER))} at ${utc(at)}`);
  const left = held.length - named.length;
  const all = `${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
  return [
    `❄️ *Held back, not started:* ${all}. Look at it: when users are cut off, \`/dr failover ${escapeText(state.system)}\` starts by hand.`,
  ];
}

function heldBackAfterRun(state: IncidentState): IncidentState['heldBack'] {
  const { heldBack, coolDownEnded } = state;
  const ended = newestChange(state)?.finishedAt;
  if (ended === undefined || (coolDownEnded && coolDownEnded.at >= ended)) return [];
  return heldBack.filter(({ at }) => at >= ended);
}

/**
 * After a run: until when nothing starts by itself, and how that ends early; mrkdwn. Names moments and no durations, so
 * that it stays true on a message that nobody updates any more.
 */
export function coolDownLines(state: IncidentState): string[] {
  const { coolDownEnded, system } = state;
  const run = newestChange(state);
  if (run?.finishedAt === undefined) return [];
  const lasts = coolDownMilliseconds(planOf(state, run.planId)?.plan.system);
  if (lasts === 0) return [];
  if (coolDownEnded && coolDownEnded.at >= run.finishedAt) {
    const when = utc(coolDownEnded.at);
    return [`❄️ Cool-down ended by <@${coolDownEnded.by}> at ${when}: starts by alarms are allowed again.`];
  }
  const ends = `\`/dr acknowledge ${escapeText(system)}\` ends that early; a person may always start.`;
  return [`❄️ Cool-down: until ${utcMinute(run.finishedAt + lasts)} nothing starts by itself. ${ends}`];
}

/** Ends the cool-down, where something was held back. */
export function acknowledgeButtons(state: IncidentState): Button[] {
  return heldBackAfterRun(state).length > 0
    ? [{ verb: 'acknowledge', args: state.system, label: 'End the cool-down' }]
    : [];
}
