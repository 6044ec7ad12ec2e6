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
 * Throws InvalidInput, in a sentence for the person who clicked, unless `user` may decide on this plan now. The
 * requester does not count, and a plan is decided once.
 */
export function assertMayDecide(access: Access, entry: PlanState, user: string): void {
  const { plan, status, decision } = entry;
  if (status !== 'awaiting approval') {
    const who = decision ? ` by <@${decision.by}>` : '';
    throw new InvalidInput(
      'approval.late',
      `Plan ${plan.id} is already ${status}${who}. Nothing was changed by your click.`,
    );
  }
  if (!hasRole(access, plan.systemName, 'approve', user)) {
    throw new InvalidInput(
      'approval.role',
      `You may not approve for ${plan.systemName}. Ask ${mention(access[plan.systemName]?.approve ?? [])}.`,
    );
  }
  if (plan.requestedBy === user) {
    const others = (access[plan.systemName]?.approve ?? []).filter((id) => id !== user);
    throw new InvalidInput(
      'approval.own',
      `You asked for plan ${plan.id}, so a second person must decide. Ask ${mention(others)}.`,
    );
  }
}

/** People as they are mentioned in a sentence. */
export function mention(users: readonly string[]): string {
  return users.length > 0 ? users.map((id) => `<@${id}>`).join(' or ') : 'somebody who is listed in access.yaml';
}
