import { z } from 'zod';
import { RunOrIncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const resume = defineCommand({
  verb: 'resume',
  summary: 'Let a run go on that was paused',
  usage: 'resume [run]',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run'], flags: [] },
  args: z.object({ run: RunOrIncidentId.optional() }),
  notDone: 'The run was not resumed.',
  async run({ useCases, user }, { run: named }) {
    const run = await useCases.chooseRun(named);
    const paused = await useCases.resume({ user, runId: run });
    if (paused === undefined) return done(`${run} goes on.`);
    return info(`Nobody holds ${run} any more, but ${paused}`);
  },
});
