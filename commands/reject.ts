import { z } from 'zod';
import { PlanId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';

export const reject = defineCommand({
  verb: 'reject',
  summary: 'Turn a plan down, or withdraw your own',
  usage: 'reject <plan>',
  roles: ['approve', 'start'],
  judgesRoles: true,
  grammar: { positionals: ['plan'], flags: [] },
  args: z.object({ plan: PlanId }),
  notDone: 'The plan was not rejected.',
  async run({ useCases, user }, { plan }) {
    const { planId, withdrawn } = await useCases.reject({ planId: plan, user });
    return done(`You ${withdrawn ? 'withdrew' : 'rejected'} ${planId}. Nothing was changed.`);
  },
});
