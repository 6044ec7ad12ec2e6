import { mention, nameOf } from '../domain/approval.ts';
import type { Plan } from '../domain/plan.ts';
import { info, type Reply } from './reply.ts';

/** Told to `user`, who asked for what somebody has asked for before and nobody has decided on yet. */
export function waitedAlready(
  { plan, replaces, mayApprove }: { plan: Plan; replaces?: string; mayApprove: readonly string[] },
  user: string,
): Reply {
  const who = plan.requestedBy === user ? 'you' : nameOf(plan.requestedBy);
  const first = mayApprove.includes(user)
    ? `You may approve it: \`/dr approve ${plan.id}\`.`
    : `Ask ${mention(mayApprove)}.`;
  const aborts = replaces === undefined ? '' : ` Approving it aborts ${replaces}.`;
  return info(
    `Plan ${plan.id}, which ${who} asked for, is the same and waits for approval, so no other was made. ${first}${aborts}`,
    { lines: [`For a plan made anew, and with another reason: \`/dr reject ${plan.id}\` first.`] },
  );
}
