import type { IncidentState } from '../domain/incident-state.ts';
import { isWatching, type WatchState } from '../domain/watch-state.ts';
import { escapeText } from './escape.ts';
import { type Button, cut } from './message.ts';
import { utc } from './time.ts';

/** Watches that a message names. */
const NAMED = 4;
/** Of what they found, those that stand above everything else. */
const ALARMS = 2;
const LONGEST_SUBJECT = 120;
const LONGEST_SENTENCE = 300;

/** What a watch found and did, or cannot do: the first thing to be known, also after the end. mrkdwn. */
export function watchAlarms(state: Pick<IncidentState, 'watches'>): string[] {
  const alarms = perSubject(state)
    .filter(isWatching)
    .flatMap((watch) => alarmOf(watch) ?? []);
  const left = alarms.length - ALARMS;
  const more = left > 0 ? [`🚨 … and ${left} more: see what is watched below`] : [];
  return [...alarms.slice(-ALARMS).map((alarm) => `🚨 ${alarm}`), ...more];
}

/** One watch for each thing that is watched, whichever runs left it open: one that goes on before one that has ended. */
function perSubject({ watches }: Pick<IncidentState, 'watches'>): WatchState[] {
  const alike = Map.groupBy(watches, ({ kind, subject }) => `${kind} ${subject}`);
  return [...alike.values()].flatMap((list) => {
    const open = list.filter(isWatching);
    return open.findLast(({ toldAt }) => toldAt !== undefined) ?? open.at(-1) ?? list.at(-1) ?? [];
  });
}

function alarmOf({ kind, subject, sentence, actedAt, failure, pagedAt }: WatchState): string | undefined {
  const what = escapeText(cut(subject, LONGEST_SUBJECT));
  const paged = pagedAt === undefined ? 'People are being paged.' : `People were paged at ${utc(pagedAt)}.`;
  if (failure) {
    const why = escapeText(cut(failure.message, LONGEST_SENTENCE));
    return kind === 'unfenced'
      ? `*${what} is back and could not be fenced. Keep clients away from it, and fence it by hand.* ${why} It is tried again and again. ${paged}`
      : `*The watch of ${what} fails: look whether the new primary has a standby.* ${why} ${paged}`;
  }
  if (actedAt === undefined) return undefined;
  const said = escapeText(cut(sentence ?? `${subject} was dealt with.`, LONGEST_SENTENCE));
  return `*${said}* Since ${utc(actedAt)}. Keep clients on the new primary, and save what ${what} alone accepted before you rebuild it. ${paged}`;
}

/** What is being watched, since when, what ends it, and how each one that has ended did; mrkdwn. */
export function watchLines(state: Pick<IncidentState, 'watches'>): string[] {
  const watches = perSubject(state);
  const lines = watches.slice(-NAMED).map(lineOf);
  const left = watches.length - lines.length;
  return left > 0 ? [`… and ${left} earlier watches`, ...lines] : lines;
}

function lineOf(watch: WatchState): string {
  const { id, kind, subject, startedAt, status, sentence, released } = watch;
  const what = `*${kind}*: ${escapeText(cut(subject, LONGEST_SUBJECT))}`;
  const said = sentence === undefined ? '' : ` ${escapeText(cut(sentence, LONGEST_SENTENCE))}`;
  switch (status) {
    case 'released': {
      const why = escapeText(cut(released?.reason ?? '', LONGEST_SENTENCE));
      return `☑️ ${what}, not watched any more: released by <@${released?.by}> at ${utc(released?.at ?? 0)}: ${why}`;
    }
    case 'cleared':
      return `✅ ${what}, closed.${said}`;
    case 'acted':
      return `👁️ ${what}, dealt with at ${utc(watch.actedAt ?? 0)}, and still watched. \`/dr release ${id} --reason "…"\` ends that.`;
    case 'watching': {
      const since = `watched since ${utc(startedAt)}`;
      return kind === 'unfenced'
        ? `👁️ ${what}, ${since}: if it answers it is fenced at once, and people are paged. Keep clients away. When it is gone for good: \`/dr release ${id} --reason "…"\`.`
        : `👁️ ${what}, ${since}: no replica protects it. Create one before anything else fails; the watch ends by itself then.`;
    }
  }
}

/** Ends a watch; the reason is asked for. */
export function releaseButtons(state: Pick<IncidentState, 'watches'>): Button[] {
  const open = perSubject(state).filter(isWatching).slice(-NAMED);
  return open.map(({ id, kind, runId }) => {
    const which = open.filter((other) => other.kind === kind).length > 1 ? `${kind} of ${runId}` : kind;
    return { verb: 'release', args: id, label: `Stop watching: ${which}…` };
  });
}
