import type { KnownBlock } from '@slack/web-api';
import { nameOf } from '../domain/approval.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf, type RunState } from '../domain/incident-state.ts';
import { phasesOf } from '../domain/phases.ts';
import { hasRecovered, recoveryFigures } from '../domain/recovery.ts';
import { boardButtons } from './board-buttons.ts';
import { acknowledgeButtons, coolDownLines, heldBackLines } from './cool-down.ts';
import { callLines, escalationLines } from './escalation.ts';
import { escapeText } from './escape.ts';
import { findingLines, proposalButtons } from './findings.ts';
import { headlineOf } from './headline.ts';
import { buttons, context, cut, header, type Message, notification, roomBeside, section } from './message.ts';
import { outcomeLines } from './outcome.ts';
import { phasePlans } from './phase-plans.ts';
import { groupLines, groupPhases, type PhaseGroup, phaseLines } from './phases.ts';
import type { ProgressLines } from './steps.ts';
import { utc, utcMinute } from './time.ts';
import { leftOutSteps } from './under-way.ts';
import { servedClock } from './users.ts';
import { releaseButtons, watchAlarms, watchLines } from './watches.ts';

export type { ProgressLines } from './steps.ts';

/** A reason that somebody typed fits; what infrastructure says may be longer than anybody reads. */
const LONGEST_REASON = 300;
const LONGEST_TITLE = 80;
/** Graceful steps that an emergency goes on without, by name. */
const LEFT_OUT_NAMED = 3;

/**
 * The one live message of an incident and its run: what is going on, the one thing to do, its buttons, and below them
 * what helps to judge it. Pure; `present` is world time (epoch milliseconds, UTC).
 */
export function board(state: IncidentState, progress: ProgressLines, present: number): Message {
  // What has ended does not move any more.
  const now = state.status === 'resolved' || hasRecovered(state) ? state.at : present;
  const title = `${state.id} · ${state.severity} · ${state.title}`;
  const headline = headlineOf(state, progress, now);
  const { decide, aside } = boardButtons(state);
  const clock = clockLine(state, now);
  const found = findingLines(state);
  const proposals = proposalButtons(state);
  const told = [
    // What a watch found comes first, also after everything else has ended.
    ...watchAlarms(state),
    headline.now,
    ...(headline.next ? [headline.next] : []),
    ...beside(state),
    ...heldBackLines(state),
    ...callLines(state),
  ];
  const above = [
    header(title),
    section(told.join('\n')),
    ...(found.length > 0 ? [section(found)] : []),
    ...(proposals.length > 0 ? [buttons(proposals)] : []),
    ...decide.flatMap(({ about, buttons: list }) => [...(about ? [section(about)] : []), buttons(list)]),
    ...(clock ? [section(clock)] : []),
  ];
  const ended = state.run?.status === 'finished' ? outcomeLines(state, headline.next ?? '') : [];
  const paging = [...escalationLines(state), ...coolDownLines(state)];
  const watched = watchLines(state);
  const later = [...releaseButtons(state), ...acknowledgeButtons(state)];
  const below = [
    ...(watched.length > 0 ? [section(watched)] : []),
    ...(ended.length > 0 ? [section(ended)] : []),
    ...(paging.length > 0 ? [section(paging)] : []),
    // What nobody is asked to press does not stand where people press.
    ...(aside.length > 0 ? [buttons(aside)] : []),
    ...(later.length > 0 ? [buttons(later)] : []),
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

/** What else is true of a run under way: what waits for it, and that it became an emergency. mrkdwn. */
function beside(state: IncidentState): string[] {
  const { run } = state;
  if (!run || run.status === 'finished') return [];
  const newest = state.plans.at(-1);
  const waits =
    newest?.status === 'awaiting approval' && newest.plan.id !== run.planId && run.status !== 'aborting'
      ? [`⏸️ Plan ${newest.plan.id} waits for approval: *approving it aborts ${run.id} first*.`]
      : [];
  return [...modeLines(state, run), ...waits];
}

/** Who made a planned run an emergency, why, and what it goes on without; mrkdwn. */
function modeLines(state: IncidentState, run: RunState): string[] {
  if (!run.modeChange) return [];
  const { by, at, reason } = run.modeChange;
  const left = leftOutSteps(state, run).map(({ step }) => escapeText(cut(step.title, LONGEST_TITLE)));
  const named = left.slice(0, LEFT_OUT_NAMED).join('; ');
  const more = left.length > LEFT_OUT_NAMED ? `; and ${left.length - LEFT_OUT_NAMED} more` : '';
  const without = left.length > 0 ? ` Left out: ${named}${more}.` : '';
  return [`⚡ *An emergency since ${utc(at)}*, by <@${by}>: ${escapeText(cut(reason, LONGEST_REASON))}.${without}`];
}

function groupsOf(state: IncidentState): PhaseGroup[] {
  const plan = planOf(state, state.run?.planId)?.plan;
  // Once users can work again, what it took is no help to anybody any more.
  if (!plan || !state.run || hasRecovered(state)) return [];
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

/** How much time is left; nothing once the outcome says how long it took, and where nothing is known to be wrong. */
function clockLine(state: IncidentState, now: number): string | undefined {
  if (state.quiet) return undefined;
  if (hasRecovered(state)) return undefined;
  const served = servedClock(state);
  if (served) return served;
  const figures = recoveryFigures(state);
  const isCutOff = state.users?.served === false && state.users.since > (figures?.recoveredAt ?? Infinity);
  if (figures?.recoveredAt !== undefined && figures.recoverySeconds !== undefined && !isCutOff) {
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

function footnote({ declaredBy, detectedAt, reason, quiet }: IncidentState, now: number): string {
  const why = reason ? `: ${escapeText(cut(reason, LONGEST_REASON))}` : '';
  if (quiet) return `Opened ${utc(detectedAt, true)} by ${escapeText(nameOf(declaredBy))}${why} · as of ${utc(now)}`;
  return `Detected ${utc(detectedAt, true)} · declared by ${escapeText(nameOf(declaredBy))}${why} · as of ${utc(now)}`;
}
