import type { Finding } from '../domain/action.ts';
import { type Found, findingsOf, proposedStart } from '../domain/findings.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { escapeText } from './escape.ts';
import { type Button, cut } from './message.ts';

/** Findings that the board names, and buttons that it offers for them. */
const NAMED = 6;
const OFFERED = 4;
const LONGEST_SENTENCE = 400;

/** What the run has found, and what would mend it; mrkdwn. Empty: nothing. */
export function findingLines(state: IncidentState): string[] {
  const found = findingsOf(state);
  if (found.length === 0) return [];
  const named = found.slice(0, NAMED).map((one) => `• ${findingWords(one)}`);
  const left = found.length - named.length;
  return ['🔍 *What was found*', ...named, ...(left > 0 ? [`• … and ${left} more, in the thread`] : [])];
}

/** One finding, with the command that would mend it; mrkdwn. */
function findingWords({ sentence, proposal }: Finding): string {
  const what = escapeText(cut(sentence.trim(), LONGEST_SENTENCE));
  return proposal === undefined ? what : `${what} Proposed: ${commandText(proposal)}.`;
}

/** A line as it would be typed; mrkdwn. */
function commandText(line: string): string {
  return `\`/dr ${escapeText(line.replaceAll('`', "'"))}\``;
}

/** Makes a plan of what is proposed, once the run no longer stands in its way; nothing is done without an approval. */
export function proposalButtons(state: IncidentState): Button[] {
  if (state.status === 'resolved' || state.run?.status !== 'finished' || hasMovedOn(state)) return [];
  const starts = findingsOf(state).flatMap((found) => proposedStart(found) ?? []);
  const distinct = [...new Map(starts.map((start) => [`${start.verb} ${start.args}`, start])).values()];
  return distinct.slice(0, OFFERED).map(({ verb, args }, index) => ({
    verb,
    args,
    label: `Plan it: ${verb === 'failover' ? 'failover of ' : ''}${args}`,
    ...(index === 0 ? { style: 'primary' as const } : {}),
  }));
}

/** Somebody has asked for another plan since. */
function hasMovedOn({ run, plans }: IncidentState): boolean {
  return plans.at(-1)?.plan.id !== run?.planId;
}

/** What one step found, as the thread tells it; mrkdwn. */
export function foundLine(title: string, finding: Pick<Found, 'sentence' | 'proposal'>): string {
  return `🔍 ${escapeText(title)}: ${findingWords(finding)}`;
}
