import { RunAndStep } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';
import { STEP_ANSWER } from '../src/usecases/steps.ts';

export const confirm = defineCommand({
  verb: 'confirm',
  summary: 'Answer yes to a step that asks a person',
  usage: 'confirm [run] <step>',
  roles: STEP_ANSWER,
  grammar: { positionals: ['run', 'step'], flags: [] },
  args: RunAndStep,
  notDone: 'Your answer was not recorded.',
  async run({ useCases, user }, { run: named, step }) {
    const run = await useCases.chooseRun(named);
    await useCases.answer({ user, runId: run, step, confirmed: true });
    return done(`You confirmed ${step} of ${run}; the run goes on.`);
  },
});
