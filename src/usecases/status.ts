import { approvalUnderWay, nameOf } from '../domain/approval.ts';
import { coolDownOf, describeCoolDown } from '../domain/cool-down.ts';
import { type Found, findingsOf } from '../domain/findings.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, type PlanState, planFailureNow, planOf, type RunState } from '../domain/incident-state.ts';
import { newestStart } from '../domain/newest-start.ts';
import { nobodyWrites } from '../domain/nobody-writes.ts';
import type { Plan } from '../domain/plan.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import { finishFailover } from '../domain/promoted.ts';
import { hasRecovered } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
import { askAgain } from '../domain/start-line.ts';
import { undoable } from '../domain/undo.ts';
import { isWatching } from '../domain/watch-state.ts';
import { coolingIncident } from './cooling.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, newestIncidentOf, openIncidents, requireIncident, requireSystem } from './find.ts';
import { clockTime, whatRunDoes } from './run-status.ts';

/** How one incident stands: whole sentences, in the order in which a person in a hurry wants them. */
export interface IncidentSummary {
  id: string;
  system: string;
  title: string;
  severity: string;
  /** What is going on now. */
  now: string;
  /** Who has to do what, if anybody. */
  next?: string;
  /** Who is paged next, and when. */
  escalation?: string;
  /** That automatic starts are held back after its run, until when, and which were. */
  coolDown?: string;
  /** Since detection. */
  elapsed: string;
  /** What its runs left open and is looked at until somebody releases it, a sentence each. */
  watches: string[];
  planAwaiting?: string;
  /** What its run has found, a sentence each, with the command that would mend it. */
  findings: string[];
}

export interface Status {
  incidents: IncidentSummary[];
  /** Systems without an open incident. */
  quiet: string[];
  /** That automatic starts of one of those are held back, a sentence each. */
  coolDowns: string[];
  /** What runs of resolved incidents left open and is still looked at, a sentence each. */
  watches: string[];
  problems: string[];
}

/** What makes a mended runbook count. */
export const RESTART = 'Mend it, then restart Lifeboat: it reads the runbooks when it starts.';

/** The incident or system named, or everything that is open. */
export async function status(
  { journal, systems, clock, problems }: Pick<UseCaseDependencies, 'journal' | 'systems' | 'clock' | 'problems'>,
  subject?: string,
): Promise<Status> {
  const broken = problems?.() ?? [];
  if (subject !== undefined && /^inc-\d+/i.test(subject)) {
    const state = await requireIncident(journal, incidentOf(subject.toUpperCase()));
    return { incidents: [summarize(state, clock.now())], quiet: [], coolDowns: [], watches: [], problems: [] };
  }
  if (subject !== undefined) {
    requireSystem(systems, subject);
    const state = await newestIncidentOf(journal, subject);
    const about = broken.filter((problem) => problem.includes(subject));
    const incidents = state ? [summarize(state, clock.now())] : [];
    return { incidents, quiet: state ? [] : [subject], coolDowns: [], watches: [], problems: about };
  }
  const open = await openIncidents(journal);
  const quiet = [...systems.keys()].filter((name) => !open.some(({ system }) => system === name));
  const now = clock.now();
  const newest = await Promise.all(quiet.map((name) => coolingIncident({ journal, systems }, name, now)));
  const coolDowns = newest.flatMap((state) => (state && coolDownSentence(state, now)) ?? []);
  const watches = await watchesBehind(journal, open);
  return { incidents: open.map((state) => summarize(state, now)), quiet, coolDowns, watches, problems: broken };
}

/** What is still watched of incidents that are resolved. */
async function watchesBehind(journal: UseCaseDependencies['journal'], open: IncidentState[]): Promise<string[]> {
  const shown = new Set(open.map(({ id }) => id));
  const incidents = [...new Set((await journal.watches()).map(({ incident }) => incident))].filter(
    (id) => !shown.has(id),
  );
  const states = await Promise.all(incidents.map((id) => journal.state(id)));
  return states.flatMap((state) => (state ? watchSentences(state) : []));
}

/** Pure. `now` in world milliseconds. */
export function summarize(state: IncidentState, now: number): IncidentSummary {
  const until = state.status === 'resolved' ? (state.resolvedAt ?? now) : now;
  const awaiting = state.plans.findLast((entry) => entry.status === 'awaiting approval');
  const escalation = nextTier(state, now);
  const coolDown = coolDownSentence(state, now);
  return {
    id: state.id,
    system: state.system,
    title: state.title,
    severity: state.severity,
    ...withWritesFirst(state, whatNow(state, awaiting, now)),
    ...(escalation ? { escalation } : {}),
    ...(coolDown === undefined ? {} : { coolDown }),
    elapsed: formatSeconds((until - state.detectedAt) / 1000),
    watches: watchSentences(state),
    findings: findingsOf(state).map(findingSentence),
    ...(awaiting && state.status === 'open' ? { planAwaiting: awaiting.plan.id } : {}),
  };
}

function coolDownSentence(state: IncidentState, now: number): string | undefined {
  const coolDown = coolDownOf(state, now);
  return coolDown && describeCoolDown(coolDown, state.system);
}

/** That nobody can write, or that users are served all the same, goes before everything else. */
function withWritesFirst(state: IncidentState, what: { now: string; next?: string }): { now: string; next?: string } {
  if (state.status === 'resolved') return what;
  const first = nobodyWrites(state) ?? servedAllTheSame(state);
  return first === undefined ? what : { ...what, now: `${first} ${what.now}` };
}

/** Told while nothing was changed yet in an emergency that users do not notice. */
function servedAllTheSame(state: IncidentState): string | undefined {
  if (!state.users?.served || state.run || planOf(state)?.plan.mode === 'planned') return undefined;
  return `Users are served, as Lifeboat sees it: if nothing is wrong, \`/dr resolve ${state.id}\` ends the paging.`;
}

function whatNow(state: IncidentState, awaiting: PlanState | undefined, now: number): { now: string; next?: string } {
  const { run } = state;
  if (state.status === 'resolved') return { now: `Resolved by <@${state.resolvedBy ?? ''}>.` };
  if (run && run.status !== 'finished') return whatRunDoes(state, run, now);
  if (awaiting) {
    const { id, requestedBy } = awaiting.plan;
    const approval = approvalUnderWay(awaiting, now);
    if (approval)
      return { now: `<@${approval.by}> is approving plan ${id}; it is compared with the live state first.` };
    return {
      now: `Plan ${id} awaits approval.`,
      next: `Somebody other than ${nameOf(requestedBy)} decides: \`/dr approve ${id}\` or \`/dr reject ${id}\`.`,
    };
  }
  const failure = planFailureNow(state);
  if (failure) {
    return {
      now: `Planning failed: ${failure.error.message}`,
      next: `\`${askAgain(state.system, failure.asked)}\` tries again.`,
    };
  }
  if (run && planOf(state)?.plan.id === run.planId) {
    const exceptions = run.exceptions.length > 0 ? `: ${run.exceptions.join(', ')}` : '';
    return {
      now: `${endedWords(state, run)}${exceptions}${run.outcome === 'finished' ? '; it only looked' : ''}.`,
      next: afterRun(state),
    };
  }
  const last = planOf(state);
  if (!last) return { now: 'The plan is being made.' };
  const again = makesNewPlan(state, last.plan);
  return {
    now: `Plan ${last.plan.id} ${last.status === 'expired' ? 'has expired' : `was ${last.status}`}; nothing runs.`,
    next: last.status === 'refused' ? `Mend what its message names, then ${again}` : again,
  };
}

/** What is to be done once a run has ended; the board says more. */
function afterRun(state: IncidentState): string {
  if (hasRecovered(state) || state.run?.outcome === 'finished') return `\`/dr resolve ${state.id}\` ends the incident.`;
  const canUndo = undoable(state).undo.length > 0;
  const onward = finishFailover(state);
  if (onward !== undefined && !hasDoneIrreversible(state)) return onward;
  if (standingFence(state)) {
    const first = canUndo ? `\`/dr undo ${state.id}\` allows writes again` : 'The board says how to allow writes';
    return `${first}. Or go on: ${makesNewPlan(state)}`;
  }
  if (hasDoneIrreversible(state)) {
    return `What cannot be taken back is done. \`${askAgain(state.system, planOf(state, state.run?.planId)?.plan)}\` makes a plan that goes on from there; a commander may have to override a guard.`;
  }
  return canUndo ? `${makesNewPlan(state)} \`/dr undo ${state.id}\` takes back what was changed.` : makesNewPlan(state);
}

/** An undo that came through has recovered nothing, and says so. */
function endedWords(state: IncidentState, { id, outcome = 'aborted' }: RunState): string {
  const undone = planOf(state, state.run?.planId)?.plan.undoOf;
  if (undone === undefined) return `${id} ended: ${outcome}`;
  const word = outcome === 'recovered' ? 'done' : outcome.replace('recovered', 'done');
  return `${id} ended: undo of ${undone} ${word}`;
}

function makesNewPlan(state: IncidentState, plan?: Plan): string {
  const line = plan?.undoOf === undefined ? askAgain(state.system, plan ?? newestStart(state)) : `/dr undo ${state.id}`;
  return `\`${line}\` makes a new plan.`;
}

/** What is looked at until somebody releases it; what was found comes with it. */
function watchSentences({ watches }: IncidentState): string[] {
  return watches.filter(isWatching).map(({ id, kind, subject, startedAt, sentence, failure }) => {
    const news = failure ? ` It could not act: ${failure.message}` : sentence === undefined ? '' : ` ${sentence}`;
    return `Watched since ${clockTime(startedAt)}: ${subject}, ${kind}.${news} \`/dr release ${id} --reason "…"\` ends it.`;
  });
}

/** Plain text. */
function findingSentence({ sentence, proposal }: Found): string {
  return proposal === undefined ? sentence : `${sentence} Proposed: \`/dr ${proposal}\`.`;
}

function nextTier(state: IncidentState, now: number): string | undefined {
  if (state.quiet && state.status === 'open') return 'Nobody is paged: this only looks.';
  if (state.status === 'resolved') return undefined;
  if (hasRecovered(state)) return 'Escalation is held: the system has recovered.';
  const tier = state.tiers.find(({ reachedAt }) => reachedAt === undefined);
  if (!tier) return undefined;
  const at = new Date(tier.dueAt).toISOString().slice(11, 16);
  const left = tier.dueAt - now;
  return `Next: tier ${tier.tier}, ${tier.contact}, at ${at} UTC${left > 0 ? ` (in ${formatSeconds(left / 1000)})` : ''}.`;
}
