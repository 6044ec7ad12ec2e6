import { z } from 'zod';
import { RunId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const retry = defineCommand({
  verb: 'retry',
  summary: 'Try a failed step again',
  usage: 'retry <run> <step>',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run', 'step'], flags: [] },
  args: z.object({ run: RunId, step: z.string().toLowerCase() }),
  notDone: 'The step was not tried again.',
  async run({ useCases, user }, { run, step }) {
    const held = await useCases.retry({ user, runId: run, step });
    return held === undefined
      ? done(`${step} of ${run} is tried again.`)
      : info(`${step} of ${run} will be tried again. ${held}`);
  },
});
