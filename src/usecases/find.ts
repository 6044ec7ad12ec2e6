import { hasRole, mention } from '../domain/approval.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type IncidentState, type PlanState, planOf, type RunState, type StepState } from '../domain/incident-state.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import { newestChange } from '../domain/recovery.ts';
import { keptFromSkip } from '../domain/skippable.ts';
import type { Access, Role, System } from '../domain/system.ts';
import type { Journal } from '../engine/ports.ts';

/** The system of this name; throws InvalidInput with the nearest name, or all of them. */
export function requireSystem(systems: ReadonlyMap<string, System>, name: string): System {
  const system = systems.get(name);
  if (system) return system;
  const names = [...systems.keys()];
  const match = nearestOrBegun(name, names);
  const hint = match ? `Did you mean ${match}?` : `There is ${names.join(', ') || 'no system yet'}.`;
  throw new InvalidInput('system.unknown', `There is no system “${name.slice(0, 60)}”. ${hint}`);
}

/** Throws InvalidInput, naming who may, unless `user` has one of `roles` on the system. */
export function requireRole(access: Access, system: string, roles: readonly Role[], user: string, verb: string): void {
  if (roles.some((role) => hasRole(access, system, role, user))) return;
  const may = [...new Set(roles.flatMap((role) => access[system]?.[role] ?? []))];
  throw new InvalidInput('access.role', `You may not ${verb} for ${system}. Ask ${mention(may)}.`);
}

/** The incident of this id, open or resolved; throws InvalidInput when there is none. */
export async function requireIncident(journal: Journal, id: string): Promise<IncidentState> {
  const state = await journal.state(id);
  if (state) return state;
  const open = await journal.openIncidents();
  const hint = open.length > 0 ? `Open: ${open.join(', ')}.` : 'No incident is open.';
  throw new InvalidInput('incident.unknown', `There is no incident ${id}. ${hint}`);
}

/** The open incident of a system, if there is one. */
export async function openIncidentOf(journal: Journal, system: string): Promise<IncidentState | undefined> {
  const state = await newestIncidentOf(journal, system);
  return state?.status === 'open' ? state : undefined;
}

/** The newest incident of a system, open or resolved. */
export async function newestIncidentOf(
  journal: Pick<Journal, 'newestIncident' | 'state'>,
  system: string,
): Promise<IncidentState | undefined> {
  const id = await journal.newestIncident(system);
  return id === undefined ? undefined : journal.state(id);
}

/**
 * The incident whose run a cool-down of this system would follow: the newest that has one. Incidents that were declared
 * before `since` (world epoch milliseconds) are not looked behind: what ran before them ended before that.
 */
export async function incidentOfLastRun(
  journal: Pick<Journal, 'newestIncident' | 'state'>,
  system: string,
  since: number,
): Promise<IncidentState | undefined> {
  let state = await newestIncidentOf(journal, system);
  while (state && !newestChange(state) && state.declaredAt >= since) {
    const before = await journal.newestIncident(system, state.id);
    state = before === undefined ? undefined : await journal.state(before);
  }
  return state;
}

/** All open incidents, oldest first. */
export async function openIncidents(journal: Journal): Promise<IncidentState[]> {
  const states = await Promise.all((await journal.openIncidents()).map((id) => journal.state(id)));
  return states.filter((state) => state !== undefined);
}

/** The incident named, or the only open one that `fits`; throws InvalidInput that lists them when it is not clear. */
export async function chooseIncident(
  journal: Journal,
  id: string | undefined,
  fits: (state: IncidentState) => boolean,
  none: string,
): Promise<IncidentState> {
  if (id !== undefined) return requireIncident(journal, id);
  const candidates = (await openIncidents(journal)).filter(fits);
  const [only, ...others] = candidates;
  if (!only) throw new InvalidInput('incident.none', none);
  if (others.length === 0) return only;
  const list = candidates.map((state) => `${state.id} (${state.system})`).join(', ');
  throw new InvalidInput('incident.which', `More than one incident fits: ${list}. Name the one you mean.`);
}

/** A run that is under way: running, paused or being aborted. */
export function activeRun({ run }: Pick<IncidentState, 'run'>): RunState | undefined {
  return run && run.status !== 'finished' ? run : undefined;
}

/** The plan of this id; throws InvalidInput that lists those that there are. */
export function requirePlan(state: IncidentState, planId: string): PlanState {
  const entry = planOf(state, planId);
  if (entry) return entry;
  const known = state.plans.map(({ plan }) => plan.id).join(', ');
  throw new InvalidInput(
    'plan.unknown',
    `There is no plan ${planId}. ${known ? `${state.id} has ${known}.` : ''}`.trim(),
  );
}

/** The run of this id, under way; throws InvalidInput when it is another one, is being aborted or has ended. */
export function requireRun(state: IncidentState, runId: string): RunState {
  const { run } = state;
  if (run?.id !== runId) {
    const hint = run
      ? `${state.id} has ${run.id}.`
      : `${state.id} has no run yet: \`/dr status ${state.id}\` says how it stands.`;
    throw new InvalidInput('run.unknown', `There is no run ${runId}. ${hint}`);
  }
  if (run.status === 'finished' || run.status === 'aborting') {
    const what = run.status === 'finished' ? 'How it ended' : 'How far that is';
    throw new InvalidInput('run.ended', `${run.id} is ${run.status}. ${what}: \`/dr status ${state.id}\`.`);
  }
  return run;
}

/** What a commander decides about a step that failed, as the commands that do it. */
export function decisionsOn(state: IncidentState, run: RunState, step: StepState): string {
  const args = `${run.id} ${step.id}`;
  const planned = planOf(state, run.planId)?.plan.steps.find(({ id }) => id === step.id);
  const kept = planned && keptFromSkip(state, planned);
  return [
    `\`/dr retry ${args}\``,
    ...(kept ? [] : [`\`/dr skip ${args} --reason "…"\``]),
    ...(kept?.because === 'fence' && kept.mayHasten ? [`\`/dr emergency ${run.id} --reason "…"\``] : []),
    ...(step.differences ? [`\`/dr override ${args} --reason "…"\``] : []),
    `or \`/dr abort ${state.id}\``,
  ]
    .join(', ')
    .replace(', or ', ' or ');
}

/** `INC-1` of `INC-1.p2` or `INC-1.r1`. */
export function incidentOf(id: string): string {
  return id.replace(/\..*$/, '');
}
