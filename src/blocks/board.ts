import type { KnownBlock } from '@slack/web-api';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { phasesOf } from '../domain/phases.ts';
import { recoveryFigures } from '../domain/recovery.ts';
import { boardButtons } from './board-buttons.ts';
import { callLines, escalationLines } from './escalation.ts';
import { escapeText } from './escape.ts';
import { headlineOf } from './headline.ts';
import { buttons, context, cut, header, type Message, notification, roomBeside, section } from './message.ts';
import { outcomeLines } from './outcome.ts';
import { phasePlans } from './phase-plans.ts';
import { groupLines, groupPhases, type PhaseGroup, phaseLines } from './phases.ts';
import type { ProgressLines } from './steps.ts';
import { utc, utcMinute } from './time.ts';

export type { ProgressLines } from './steps.ts';

/** A reason that somebody typed fits; what infrastructure says may be longer than anybody reads. */
const LONGEST_REASON = 300;

/**
 * The one live message of an incident and its run: what is going on, the one thing to do, its buttons, and below them
 * what helps to judge it. Pure; `present` is world time (epoch milliseconds, UTC).
 */
export function board(state: IncidentState, progress: ProgressLines, present: number): Message {
  // What has ended does not move any more.
  const now = state.status === 'resolved' || isRecovered(state.run) ? state.at : present;
  const title = `${state.id} · ${state.severity} · ${state.title}`;
  const headline = headlineOf(state, progress, now);
  const { decide, abort } = boardButtons(state);
  const clock = clockLine(state, now);
  const told = [headline.now, ...(headline.next ? [headline.next] : []), ...callLines(state)];
  const above = [
    header(title),
    section(told.join('\n')),
    ...decide.flatMap(({ about, buttons: list }) => [...(about ? [section(about)] : []), buttons(list)]),
    ...(clock ? [section(clock)] : []),
  ];
  const ended = state.run?.status === 'finished' ? outcomeLines(state, headline.next ?? '') : [];
  const paging = escalationLines(state);
  const below = [
    ...(ended.length > 0 ? [section(ended)] : []),
    ...(paging.length > 0 ? [section(paging)] : []),
    // What nobody is asked to press does not stand where people press.
    ...(abort.length > 0 ? [buttons(abort)] : []),
    context(footnote(state, now)),
  ];
  const groups = groupsOf(state);
  const inSections = [...above, ...phaseSection(groups, state.run?.status === 'finished', progress, now), ...below];
  const message = { text: notification(`${title}.`, ...told) };
  if (!groups.some(({ kind }) => kind === 'under way')) return { ...message, blocks: inSections };
  const room = roomBeside([...above, ...below]);
  return {
    ...message,
    blocks: [...above, ...phasePlans(groups, progress, now, room), ...below],
    fallbacks: [{ name: 'sections', blocks: inSections }],
  };
}

function groupsOf(state: IncidentState): PhaseGroup[] {
  const plan = planOf(state, state.run?.planId)?.plan;
  // Once users can work again, what it took is no help to anybody any more.
  if (!plan || !state.run || isRecovered(state.run)) return [];
  return groupPhases(phasesOf(plan, state.run), state.run.status === 'finished');
}

/** The phases as lines of one section. */
function phaseSection(groups: PhaseGroup[], hasEnded: boolean, progress: ProgressLines, now: number): KnownBlock[] {
  const lines = groups.flatMap((group) => {
    const [phase] = group.phases;
    return group.kind === 'under way' && phase ? phaseLines(phase, progress, now) : groupLines(group, hasEnded);
  });
  return lines.length > 0 ? [section(lines)] : [];
}

/** How much time is left; nothing once the outcome says how long it took. */
function clockLine(state: IncidentState, now: number): string | undefined {
  if (isRecovered(state.run)) return undefined;
  const figures = recoveryFigures(state);
  if (figures?.recoveredAt !== undefined && figures.recoverySeconds !== undefined) {
    return `⏱️ *Users can work again* since ${utcMinute(figures.recoveredAt)}, ${formatSeconds(figures.recoverySeconds)} after detection`;
  }
  const elapsed = ((state.resolvedAt ?? now) - state.detectedAt) / 1000;
  const since = `${formatSeconds(elapsed)} since detection`;
  if (!figures || state.status === 'resolved') return `⏱️ ${since}`;
  const left = figures.rtoSeconds - elapsed;
  const ends = utcMinute(state.detectedAt + figures.rtoSeconds * 1000);
  return left >= 0
    ? `⏱️ *RTO: ${formatSeconds(left)} left*, until ${ends} · ${since}`
    : `⏱️ *RTO missed by ${formatSeconds(-left)}*, was ${ends} · ${since}`;
}

function footnote({ declaredBy, detectedAt, reason }: IncidentState, now: number): string {
  const why = reason ? `: ${escapeText(cut(reason, LONGEST_REASON))}` : '';
  return `Detected ${utc(detectedAt, true)} · declared by <@${declaredBy}>${why} · as of ${utc(now)}`;
}
