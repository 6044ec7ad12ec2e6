import { z } from 'zod';
import { PlanId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';

export const approve = defineCommand({
  verb: 'approve',
  summary: 'Approve a plan that somebody else asked for, and start its run',
  usage: 'approve <plan>',
  roles: ['approve'],
  judgesRoles: true,
  grammar: { positionals: ['plan'], flags: [] },
  args: z.object({ plan: PlanId }),
  notDone: 'The plan was not approved, and nothing was started.',
  // Who presses the button sees the card change.
  acknowledge: ({ plan }, how) =>
    how === 'pressed' ? undefined : info(`Comparing ${plan} with the live state first; the answer follows in seconds.`),
  async run({ useCases, user }, { plan: planId }) {
    const result = await useCases.approve({ planId, user });
    if (result.status === 'approved') return done(`You approved ${planId}. ${begins(result)}`);
    const { fresh, difference } = result;
    return {
      tone: 'refused',
      text: `Plan ${planId} was not approved: what it was made from has changed. ${after(fresh?.id, fresh?.verdict)}`,
      lines: difference,
    };
  },
});

function begins({ runId, replaces }: { runId: string; replaces?: string }): string {
  if (replaces === undefined) return `Run ${runId} has started.`;
  return `${replaces} is being aborted, and run ${runId} starts when that has ended.`;
}

function after(id: string | undefined, verdict: 'ready' | 'refused' | undefined): string {
  if (!id) return 'A newer plan is waiting; decide on that one.';
  return verdict === 'ready'
    ? `Plan ${id} takes its place: look at it, then decide again.`
    : `Plan ${id} takes its place, but a guard failed, so it cannot be approved.`;
}
