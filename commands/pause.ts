import { z } from 'zod';
import { RunOrIncidentId, reasonFor } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const pause = defineCommand({
  verb: 'pause',
  summary: 'Hold a run: running steps end, no new one starts',
  usage: 'pause [run] [--reason "…"]',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run'], flags: ['reason'] },
  args: z.object({ run: RunOrIncidentId.optional(), reason: reasonFor('must say why it is paused').optional() }),
  notDone: 'The run was not paused.',
  async run({ useCases, user }, { run: named, reason }) {
    const run = await useCases.chooseRun(named);
    await useCases.pause({ user, runId: run, ...(reason === undefined ? {} : { reason }) });
    return done(`${run} is paused: what runs now ends, and no new step starts until \`/dr resume ${run}\`.`);
  },
});
