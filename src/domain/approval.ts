import { InvalidInput } from './errors.ts';
import type { PlanState } from './incident-state.ts';
import type { Access, Role } from './system.ts';

/** Whether `user` has `role` on `system`. Commanders may do what the other two may. */
export function hasRole(access: Access, system: string, role: Role, user: string): boolean {
  const roles = access[system];
  if (!roles) return false;
  return roles[role].includes(user) || roles.command.includes(user);
}

/**
 * Throws InvalidInput, in a sentence for the person who clicked, unless `user` may `verb` this plan now. The requester
 * does not count, and a plan is decided once.
 */
export function assertMayDecide(
  access: Access,
  entry: PlanState,
  user: string,
  verb: 'approve' | 'reject' = 'approve',
): void {
  const { plan, status, decision } = entry;
  if (status !== 'awaiting approval') {
    const who = decision ? ` by <@${decision.by}>` : '';
    const stop = verb === 'reject' && status === 'approved' ? ` To stop its run: \`/dr abort ${plan.incident}\`.` : '';
    throw new InvalidInput('approval.late', `Plan ${plan.id} is already ${status}${who}.${stop}`);
  }
  const others = mayDecide(access, entry).filter((id) => id !== user);
  if (!hasRole(access, plan.systemName, 'approve', user)) {
    throw new InvalidInput('approval.role', `You may not ${verb} plans of ${plan.systemName}. Ask ${mention(others)}.`);
  }
  if (plan.requestedBy === user) {
    throw new InvalidInput(
      'approval.own',
      `You asked for plan ${plan.id}, so a second person must approve it. Ask ${mention(others)}.`,
    );
  }
}

/** Who may decide on this plan: approvers and commanders, but never the person who asked for it. */
function mayDecide(access: Access, { plan }: PlanState): string[] {
  const roles = access[plan.systemName];
  return [...new Set([...(roles?.approve ?? []), ...(roles?.command ?? [])])].filter((id) => id !== plan.requestedBy);
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

/** People as they are mentioned in a sentence. */
export function mention(users: readonly string[]): string {
  return users.length > 0 ? users.map((id) => `<@${id}>`).join(' or ') : 'somebody who is listed in access.yaml';
}
