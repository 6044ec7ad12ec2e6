import { approvalUnderWay } from '../domain/approval.ts';
import { coolDownOf, describeCoolDown } from '../domain/cool-down.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, type PlanState, planFailureNow, planOf, type RunState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { mayPlanAgain } from '../domain/plan-again.ts';
import { questionOf, questionsOf } from '../domain/questions.ts';
import { standingFence } from '../domain/standing-fence.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, newestIncidentOf, openIncidents, requireIncident, requireSystem } from './find.ts';

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
  planAwaiting?: string;
}

export interface Status {
  incidents: IncidentSummary[];
  /** Systems without an open incident. */
  quiet: string[];
  /** That automatic starts of one of those are held back, a sentence each. */
  coolDowns: string[];
  problems: string[];
}

/** The incident or system named, or everything that is open. */
export async function status(
  { journal, systems, clock, problems }: Pick<UseCaseDependencies, 'journal' | 'systems' | 'clock' | 'problems'>,
  subject?: string,
): Promise<Status> {
  const broken = problems?.() ?? [];
  if (subject !== undefined && /^inc-\d+/i.test(subject)) {
    const state = await requireIncident(journal, incidentOf(subject.toUpperCase()));
    return { incidents: [summarize(state, clock.now())], quiet: [], coolDowns: [], problems: [] };
  }
  if (subject !== undefined) {
    requireSystem(systems, subject);
    const state = await newestIncidentOf(journal, subject);
    const about = broken.filter((problem) => problem.includes(subject));
    const incidents = state ? [summarize(state, clock.now())] : [];
    return { incidents, quiet: state ? [] : [subject], coolDowns: [], problems: about };
  }
  const open = await openIncidents(journal);
  const quiet = [...systems.keys()].filter((name) => !open.some(({ system }) => system === name));
  const now = clock.now();
  const newest = await Promise.all(quiet.map((name) => newestIncidentOf(journal, name)));
  const coolDowns = newest.flatMap((state) => (state && coolDownSentence(state, now)) ?? []);
  return { incidents: open.map((state) => summarize(state, now)), quiet, coolDowns, problems: broken };
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
    ...whatNow(state, awaiting, now),
    ...(escalation ? { escalation } : {}),
    ...(coolDown === undefined ? {} : { coolDown }),
    elapsed: formatSeconds((until - state.detectedAt) / 1000),
    ...(awaiting && state.status === 'open' ? { planAwaiting: awaiting.plan.id } : {}),
  };
}

function coolDownSentence(state: IncidentState, now: number): string | undefined {
  const coolDown = coolDownOf(state, now);
  return coolDown && describeCoolDown(coolDown, state.system);
}

function whatNow(state: IncidentState, awaiting: PlanState | undefined, now: number): { now: string; next?: string } {
  const { run } = state;
  if (state.status === 'resolved') return { now: `Resolved by <@${state.resolvedBy ?? ''}>.` };
  if (run && run.status !== 'finished') return whatRunDoes(state, run);
  if (awaiting) {
    const { id, requestedBy } = awaiting.plan;
    const approval = approvalUnderWay(awaiting, now);
    if (approval)
      return { now: `<@${approval.by}> is approving plan ${id}; it is compared with the live state first.` };
    return {
      now: `Plan ${id} awaits approval.`,
      next: `Somebody other than <@${requestedBy}> decides: \`/dr approve ${id}\` or \`/dr reject ${id}\`.`,
    };
  }
  const failure = planFailureNow(state);
  if (failure) {
    return { now: `Planning failed: ${failure.error.message}`, next: `\`/dr failover ${state.system}\` tries again.` };
  }
  if (run) {
    const exceptions = run.exceptions.length > 0 ? `: ${run.exceptions.join(', ')}` : '';
    return { now: `${run.id} ended: ${run.outcome ?? 'unknown'}${exceptions}.`, next: afterRun(state) };
  }
  const last = planOf(state);
  if (!last) return { now: 'The plan is being made.' };
  const again = `\`/dr failover ${state.system}\` makes a new plan.`;
  return {
    now: `Plan ${last.plan.id} ${last.status === 'expired' ? 'has expired' : `was ${last.status}`}; nothing runs.`,
    next: last.status === 'refused' ? `Mend what its message names, then ${again}` : again,
  };
}

/** What is to be done once a run has ended; the board says more. */
function afterRun(state: IncidentState): string {
  if (isRecovered(state.run)) return `\`/dr resolve ${state.id}\` ends the incident.`;
  if (!mayPlanAgain(state)) return 'What cannot be taken back is done: finish by hand, as the board says.';
  const again = `\`/dr failover ${state.system}\` makes a new plan.`;
  return standingFence(state)
    ? `Writes on the old primary may still be stopped: the board says how to allow them. Or go on: ${again}`
    : again;
}

function whatRunDoes(state: IncidentState, run: RunState): { now: string; next?: string } {
  const steps = Object.values(run.steps);
  const plan = planOf(state, run.planId)?.plan;
  const ended = steps.filter(({ status }) => ['succeeded', 'skipped', 'left out'].includes(status)).length;
  const titles = (status: string) =>
    steps
      .filter((step) => step.status === status)
      .map(({ id }) => plan?.steps.find((step) => step.id === id)?.title ?? id)
      .join('; ');
  const count = `${ended} of ${steps.length} steps`;
  if (run.status === 'aborting')
    return { now: `${run.id} is being aborted by <@${run.abort?.by ?? ''}> (${count} ended).` };
  if (run.status === 'running') {
    const [asking] = questionsOf(state);
    if (asking) {
      const args = `${run.id} ${asking.id}`;
      return {
        now: `A person must check: ${questionOf(asking)}`,
        next: `Answer on the board, or with \`/dr confirm ${args}\` or \`/dr decline ${args}\`.`,
      };
    }
    return { now: `${run.id} runs: ${count} ended. Now: ${titles('running') || 'between steps'}.` };
  }
  const failed = steps.find((step) => step.status === 'failed');
  const args = `${run.id} ${failed?.id ?? ''}`;
  // A guard is never skipped.
  const isGuard = plan?.steps.find(({ id }) => id === failed?.id)?.expect !== undefined;
  const skip = isGuard ? '' : `, \`/dr skip ${args} --reason "…"\``;
  return {
    now: `${run.id} is paused after ${count}: ${titles('failed')} failed. ${failed?.errors.at(-1)?.message ?? ''}`.trim(),
    next: `A commander decides: \`/dr retry ${args}\`${skip} or \`/dr abort ${state.id}\`.`,
  };
}

function nextTier(state: IncidentState, now: number): string | undefined {
  if (state.status === 'resolved') return undefined;
  if (isRecovered(state.run)) return 'Escalation is held: the system has recovered.';
  const tier = state.tiers.find(({ reachedAt }) => reachedAt === undefined);
  if (!tier) return undefined;
  const at = new Date(tier.dueAt).toISOString().slice(11, 16);
  const left = tier.dueAt - now;
  return `Next: tier ${tier.tier}, ${tier.contact}, at ${at} UTC${left > 0 ? ` (in ${formatSeconds(left / 1000)})` : ''}.`;
}
