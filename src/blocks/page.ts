import { type IncidentState, planFailureNow, type TierState } from '../domain/incident-state.ts';
import { headlineOf } from './headline.ts';
import { cut } from './message.ts';

/** PagerDuty: at most 1,024 characters; a lock screen shows the first hundred. */
const LONGEST_SUMMARY = 300;

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
  const stands = plainWords([headline.now, isAboutRun ? (headline.next ?? '') : ''].join(' '));
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
