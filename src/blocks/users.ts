import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { hasRecovered, recoveryFigures } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
import { utcMinute } from './time.ts';

/** Whether users are served, as Lifeboat's own looks at the system's health have it: one sentence, plain text. */
export function usersWords(state: IncidentState): string {
  const { users } = state;
  if (cannotWrite(state)) return 'Users cannot write while writes are stopped.';
  if (!users) return 'Whether users are served is not known.';
  return users.served
    ? `Users are served (seen ${utcMinute(users.since)}).`
    : `Users are cut off since ${utcMinute(users.since)}.`;
}

/** The same after a sentence, which has said so already where a fence stands; on a line of its own after a list. */
export function withUsers(state: IncidentState, sentence: string): string {
  if (cannotWrite(state)) return sentence;
  return `${sentence}${sentence.includes('\n') ? '\n' : ' '}${usersWords(state)}`;
}

/** A fence is certain to stand, and nothing was seen of users since it does. */
function cannotWrite(state: IncidentState): boolean {
  const { users, run } = state;
  if (!run || users?.served === false || !standingFence(state)?.certain) return false;
  const fences = (planOf(state, run.planId)?.plan.steps ?? []).filter(({ uses }) => uses === 'postgres.fence');
  const stood = fences.map(({ id }) => run.steps[id]?.endedAt ?? run.startedAt);
  return !users || users.since <= Math.max(run.startedAt, ...stood);
}

/**
 * That users are served although no run has recovered, while nothing moves: since when, and whether that met the RTO.
 * Undefined: they are not, or nobody saw it, or a run is under way and its own clock counts. mrkdwn.
 */
export function servedClock(state: IncidentState): string | undefined {
  const { users, run, detectedAt } = state;
  const moves = run?.status === 'running' || run?.status === 'aborting';
  if (!users?.served || moves || hasRecovered(state) || cannotWrite(state)) return undefined;
  if (users.since <= detectedAt) return '⏱️ *Users are served*, and were not seen cut off since detection';
  const seconds = (users.since - detectedAt) / 1000;
  const rto = recoveryFigures(state)?.rtoSeconds;
  const verdict =
    rto === undefined
      ? ''
      : `: *RTO ${formatSeconds(rto)} ${seconds <= rto ? 'met' : `missed by ${formatSeconds(seconds - rto)}`}*`;
  return `⏱️ *Users are served again* since ${utcMinute(users.since)}, ${formatSeconds(seconds)} after detection${verdict}`;
}
