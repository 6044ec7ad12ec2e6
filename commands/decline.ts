import { RunAndStep } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';
import { STEP_ANSWER } from '../src/usecases/steps.ts';

export const decline = defineCommand({
  verb: 'decline',
  summary: 'Answer no to a step that asks a person',
  usage: 'decline [run] <step>',
  roles: STEP_ANSWER,
  grammar: { positionals: ['run', 'step'], flags: [] },
  args: RunAndStep,
  notDone: 'Your answer was not recorded.',
  async run({ useCases, user }, { run: named, step }) {
    const run = await useCases.chooseRun(named);
    await useCases.answer({ user, runId: run, step, confirmed: false });
    return done(`You declined ${step} of ${run}; the run pauses there, and a commander decides.`);
  },
});
