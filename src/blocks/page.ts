import { type IncidentState, planFailureNow, planOf, type TierState } from '../domain/incident-state.ts';
import { nobodyWrites } from '../domain/nobody-writes.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import { hasRecovered } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
import type { WatchState } from '../domain/watch-state.ts';
import { headlineOf } from './headline.ts';
import { cut } from './message.ts';

/** PagerDuty: at most 1,024 characters; a lock screen shows the first hundred. */
const LONGEST_SUMMARY = 300;
const LONGEST_DETAIL = 1000;

/**
 * What a page says, in plain text: what is wrong, how it stands, and where to go. Pure; `now` is world time, and the
 * text is that of the moment at which it is sent.
 */
export function pageText(
  state: IncidentState,
  { tier, action }: TierState,
  now: number,
): { summary: string; details: Record<string, string> } {
  const headline = headlineOf(state, {}, now);
  // What is to be done about a plan is told by Slack's people and messages; what a run needs, anybody understands.
  const isAboutRun = state.run?.planId === state.plans.at(-1)?.plan.id && !planFailureNow(state);
  const first = [nobodyWrites(state), servedWords(state)].filter((words) => words !== undefined);
  const about = plainWords([headline.now, isAboutRun ? (headline.next ?? '') : ''].join(' '));
  const stands = [...first, about].join(' ');
  const channel = `#${state.channel}`;
  return {
    summary: cut(`${state.severity} ${state.title} (${state.id}). ${stands}`, LONGEST_SUMMARY),
    details: {
      incident: state.id,
      tier: `${tier}: ${action}`,
      detected: new Date(state.detectedAt).toISOString(),
      stands,
      next: `Open ${channel} in Slack: the message titled ${state.id} says what to do. Or type /dr status.`,
    },
  };
}

/** That this is no outage, as far as Lifeboat has seen: a planned move before it stops writes, or a service that answers. */
function servedWords(state: IncidentState): string | undefined {
  const { run, users, plans } = state;
  if (users?.served === false || standingFence(state)) return undefined;
  const mode = run?.modeChange?.to ?? planOf({ plans }, run?.planId ?? plans.at(-1)?.plan.id)?.plan.mode;
  const isPlanned = mode === 'planned' && !hasDoneIrreversible(state);
  if (isPlanned) return 'Planned move, users are served.';
  if (!users?.served || hasRecovered(state) || run?.outcome !== undefined) return undefined;
  return `Users are served, as Lifeboat sees it: if nothing is wrong, /dr resolve ${state.id} ends the paging.`;
}

/**
 * What a page says of a watch that has acted, or could not: what happened and what to do. Plain text, pure; the incident
 * may be resolved long since.
 */
export function watchPageText(
  state: IncidentState,
  watch: WatchState,
): { summary: string; details: Record<string, string> } {
  const { id, subject, failure, sentence, actedAt, changes } = watch;
  const happened = failure ? failedWords(watch, failure.message) : (sentence ?? `${subject} was dealt with.`);
  return {
    summary: cut(`${state.severity} ${state.title} (${state.id}). ${happened} ${nextOf(watch)}`, LONGEST_SUMMARY),
    details: {
      incident: state.id,
      watch: id,
      happened,
      ...(actedAt === undefined ? {} : { acted: new Date(actedAt).toISOString() }),
      ...(changes.length === 0
        ? {}
        : { changed: cut(changes.map(({ what, after }) => `${what}: ${after}`).join('; '), LONGEST_DETAIL) }),
      next: `${nextOf(watch)} When nobody needs it watched any more, in #${state.channel}: /dr release ${id} --reason "…"`,
    },
  };
}

function failedWords({ kind, subject }: WatchState, reason: string): string {
  return kind === 'unfenced'
    ? `${subject} is back and could not be fenced: ${reason}`
    : `The watch of ${subject} fails: ${reason}`;
}

function nextOf({ kind, subject, failure }: WatchState): string {
  if (kind === 'unprotected') return 'Look whether the new primary has a standby, and create a replica.';
  return failure
    ? `Keep clients away from ${subject} and fence it by hand; Lifeboat goes on trying.`
    : `Keep clients on the new primary, and save what ${subject} alone accepted before you rebuild it.`;
}

/** mrkdwn of ours as plain words: no marks, no mentions that only Slack can read. */
function plainWords(mrkdwn: string): string {
  return mrkdwn
    .replaceAll(/<@[UW][A-Z0-9]+>/g, 'somebody')
    .replaceAll(/[*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .trim()
    .replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
