import { z } from 'zod';
import { RunOrIncidentId, reasonFor, stepMayStandAlone } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const skip = defineCommand({
  verb: 'skip',
  summary: 'Leave a failed step behind, with a reason that stands in the outcome',
  usage: 'skip [run] <step> --reason "…"',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run', 'step'], flags: ['reason'] },
  args: z.preprocess(
    stepMayStandAlone('run'),
    z.object({
      run: RunOrIncidentId.optional(),
      step: z.string().toLowerCase(),
      reason: reasonFor('must say why the step may be left out'),
    }),
  ),
  notDone: 'The step was not skipped.',
  form: {
    argument: 'reason',
    title: 'Skip a step',
    consequence: 'The run goes on without it, and its outcome says so, with your name and your reason.',
    label: 'Why may it be left out?',
    placeholder: 'For example: changed by hand in the console',
    submit: 'Skip it',
  },
  async run({ useCases, user }, { run: named, step, reason }) {
    const run = await useCases.chooseRun(named);
    const held = await useCases.skip({ user, runId: run, step, reason });
    return held === undefined
      ? done(`${step} of ${run} is skipped; the run goes on, and its outcome will say so.`)
      : info(`${step} of ${run} is skipped, and the outcome will say so. ${held}`);
  },
});
