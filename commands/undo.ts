import { z } from 'zod';
import { mention } from '../src/domain/approval.ts';
import { PlanRunOrIncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { incidentOf } from '../src/usecases/find.ts';
import { done, info } from '../src/usecases/reply.ts';
import { waitedAlready } from '../src/usecases/waited-already.ts';

export const undo = defineCommand({
  verb: 'undo',
  summary: 'Make a plan that takes back what a run changed, in reverse order',
  usage: 'undo [incident] [--reason "…"]',
  roles: ['start'],
  grammar: { positionals: ['incident'], flags: ['reason'] },
  args: z.object({ incident: PlanRunOrIncidentId.optional(), reason: z.string().trim().min(1).max(500).optional() }),
  notDone: 'No plan was made, and nothing was changed.',
  acknowledge: () =>
    info(
      'Looking at what can be taken back. The plan follows within seconds; nothing is changed until it is approved.',
    ),
  async run({ useCases, user, at }, { incident: named, reason }) {
    const result = await useCases.undo({
      user,
      at,
      ...(named === undefined ? {} : { incident: incidentOf(named) }),
      ...(named?.includes('.r') ? { run: named } : {}),
      ...(reason === undefined ? {} : { reason }),
    });
    const { plan, mayApprove } = result;
    if (result.waitedAlready) return waitedAlready(result, user);
    const count = plan.steps.length === 1 ? 'one step' : `${plan.steps.length} steps`;
    const aborts = result.replaces === undefined ? '' : `, which aborts ${result.replaces}`;
    return done(
      `Plan ${plan.id} takes back ${count} and waits for approval by ${mention(mayApprove)}${aborts}. Nothing was changed yet.`,
      { lines: plan.warnings ?? [] },
    );
  },
});
