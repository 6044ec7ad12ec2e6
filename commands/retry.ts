import { RunAndStep } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const retry = defineCommand({
  verb: 'retry',
  summary: 'Try a failed step again',
  usage: 'retry [run] <step>',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run', 'step'], flags: [] },
  args: RunAndStep,
  notDone: 'The step was not tried again.',
  async run({ useCases, user }, { run: named, step }) {
    const run = await useCases.chooseRun(named);
    const held = await useCases.retry({ user, runId: run, step });
    return held === undefined
      ? done(`${step} of ${run} is tried again.`)
      : info(`${step} of ${run} will be tried again. ${held}`);
  },
});
