import { InvalidInput } from './errors.ts';
import type { PlanState } from './incident-state.ts';
import type { Plan } from './plan.ts';
import type { Access, Role } from './system.ts';

/** Whether `user` has `role` on `system`. Commanders may do what the other two may. */
export function hasRole(access: Access, system: string, role: Role, user: string): boolean {
  const roles = access[system];
  if (!roles) return false;
  return roles[role].includes(user) || roles.command.includes(user);
}

/** What a decision on a plan is about, besides the plan. */
export interface DecisionOn {
  verb?: 'approve' | 'reject';
  /** The run under way that an approval aborts: then one of the two names is a commander's. */
  replaces?: string | undefined;
}

/**
 * Throws InvalidInput, in a sentence for the person who clicked, unless `user` may `verb` this plan now. Neither the
 * requester nor whoever overrode a guard of it counts, and a plan is decided once.
 */
export function assertMayDecide(
  access: Access,
  entry: PlanState,
  user: string,
  { verb = 'approve', replaces }: DecisionOn = {},
): void {
  const { plan, status, decision, overrides = [] } = entry;
  if (status !== 'awaiting approval') {
    const who = decision ? ` by <@${decision.by}>` : '';
    const stop = verb === 'reject' && status === 'approved' ? ` To stop its run: \`/dr abort ${plan.incident}\`.` : '';
    throw new InvalidInput('approval.late', `Plan ${plan.id} is already ${status}${who}.${stop}`);
  }
  const others = mention(mayDecide(access, entry, { verb, replaces }).filter((id) => id !== user));
  if (!hasRole(access, plan.systemName, 'approve', user)) {
    throw new InvalidInput('approval.role', `You may not ${verb} plans of ${plan.systemName}. Ask ${others}.`);
  }
  if (plan.requestedBy !== user && replaces !== undefined && !mayReplace(access, plan, user)) {
    throw new InvalidInput('approval.replaces', replacesSentence(entry, replaces, others));
  }
  if (plan.requestedBy === user) {
    throw new InvalidInput(
      'approval.own',
      `You asked for plan ${plan.id}, so a second person must approve it. Ask ${others}.`,
    );
  }
  const mine = overrides.filter(({ by }) => by === user).map(({ step }) => step);
  if (mine.length > 0 && verb === 'approve') {
    throw new InvalidInput(
      'approval.overridden',
      `You overrode ${mine.join(', ')} of plan ${plan.id}, so a second person must approve it. Ask ${others}.`,
    );
  }
}

/** Who asks for a plan, of which system. */
type Asked = Pick<Plan, 'systemName' | 'requestedBy'>;

/** What takes the place of a run needs a commander: whoever asked for it, or else whoever approves it. */
function mayReplace(access: Access, { systemName, requestedBy }: Asked, user: string): boolean {
  return [requestedBy, user].some((one) => hasRole(access, systemName, 'command', one));
}

/** Why an approver does not suffice, and the way out where no commander is left. */
function replacesSentence({ plan, overrides = [] }: PlanState, replaces: string, others: string): string {
  const why = `Approving plan ${plan.id} aborts ${replaces}, so one of the two, who asks and who approves, must be a commander.`;
  if (others !== NOBODY) return `${why} Ask ${others}.`;
  const overrode = overrides.map(({ by }) => `<@${by}>`).join(' and ');
  const who = overrode === '' ? 'No commander is left' : `No commander is left but ${overrode}, who overrode a guard`;
  return `${why} ${who}: let a commander abort ${replaces} first with \`/dr abort ${plan.incident}\`, then you may approve it.`;
}

/**
 * Throws InvalidInput, which says who may ask instead, when nobody in access.yaml could approve what `asked` would ask
 * for. `replaces`: the run under way that its approval aborts.
 */
export function assertSomebodyApproves(access: Access, asked: Asked, replaces: string | undefined): void {
  const approvers = (requestedBy: string) => mayDecide(access, { plan: { ...asked, requestedBy } }, { replaces });
  if (approvers(asked.requestedBy).length > 0) return;
  const { start = [], command = [] } = access[asked.systemName] ?? {};
  const others = [...new Set([...start, ...command])].filter((one) => approvers(one).length > 0);
  const mine = others.filter((one) => approvers(one).includes(asked.requestedBy));
  const aborts = replaces === undefined ? '' : `, which aborts ${replaces}`;
  const nobody = `Nobody could approve a plan that you ask for${aborts}.`;
  if (mine.length > 0) {
    throw new InvalidInput('plan.nobody-approves', `${nobody} Let ${mention(mine)} ask for it; then you approve it.`);
  }
  const way = others.length > 0 ? `Let ${mention(others)} ask for it.` : 'access.yaml names too few people.';
  throw new InvalidInput('plan.nobody-approves', `${nobody} ${way}`);
}

/**
 * Who may decide on this plan: approvers and commanders (only commanders where it takes the place of a run and no
 * commander asked for it), but to approve it neither the person who asked for it nor one who overrode a guard of it.
 */
export function mayDecide(
  access: Access,
  { plan, overrides = [] }: { plan: Asked; overrides?: PlanState['overrides'] },
  { verb = 'approve', replaces }: DecisionOn = {},
): string[] {
  const roles = access[plan.systemName];
  const all = [...(roles?.approve ?? []), ...(roles?.command ?? [])].filter(
    (user) => replaces === undefined || mayReplace(access, plan, user),
  );
  const involved = new Set([plan.requestedBy, ...(verb === 'approve' ? overrides.map(({ by }) => by) : [])]);
  return [...new Set(all)].filter((id) => !involved.has(id));
}

/**
 * World milliseconds after which an approval that neither went through nor failed counts as lost: its process died, and
 * nobody took it up. Comparing takes seconds of machine time, which are minutes in a fast sandbox.
 */
const APPROVAL_LOST = 10 * 60_000;

/** The approval that is being compared with the live state just now; `now` in world time (epoch milliseconds). */
export function approvalUnderWay({ status, approval }: PlanState, now: number): PlanState['approval'] {
  if (status !== 'awaiting approval' || !approval || approval.failure) return undefined;
  return now - approval.at < APPROVAL_LOST ? approval : undefined;
}

const NOBODY = 'somebody who is listed in access.yaml';

/** People as they are mentioned in a sentence. */
export function mention(users: readonly string[]): string {
  return users.length > 0 ? users.map((id) => `<@${id}>`).join(' or ') : NOBODY;
}

/** Who asked for something, in a sentence: a person, or the alarm or schedule that did by itself. */
export function nameOf(by: string): string {
  return /^[UW][A-Z0-9]+$/.test(by) ? `<@${by}>` : by;
}
