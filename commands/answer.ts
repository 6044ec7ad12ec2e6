import { z } from 'zod';
import { LONGEST_FILLED_IN } from '../src/domain/questions.ts';
import { RunOrIncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';
import { STEP_ANSWER } from '../src/usecases/steps.ts';

const Args = z.object({
  run: RunOrIncidentId.optional(),
  step: z.string().toLowerCase(),
  value: z.string().trim().min(1).max(LONGEST_FILLED_IN, `must be at most ${LONGEST_FILLED_IN} characters`),
});

export const answer = defineCommand({
  verb: 'answer',
  summary: 'Answer a step that asks a person for a choice or a word',
  usage: 'answer [run] <step> <value…>',
  roles: STEP_ANSWER,
  grammar: { positionals: ['run', 'step'], rest: 'value', flags: [] },
  args: z.preprocess(runMayBeLeftOut, Args),
  notDone: 'Your answer was not recorded.',
  form: {
    argument: 'value',
    title: 'Answer',
    consequence: 'The run goes on with it at once, and it is answered once.',
    label: 'Your answer',
    placeholder: 'As the board asks for it',
    submit: 'Answer',
    oneLine: true,
  },
  async formFor(useCases, { run, step }) {
    const asked = run === undefined ? undefined : await useCases.question({ runId: run, step });
    if (!asked) return {};
    return {
      label: asked.text,
      ...(asked.example === undefined ? {} : { placeholder: `For example ${asked.example}` }),
    };
  },
  async run({ useCases, user }, { run: named, step, value }) {
    const run = await useCases.chooseRun(named);
    await useCases.answer({ user, runId: run, step, confirmed: true, value });
    return done(`You answered ${step} of ${run} with “${value}”; the run goes on.`);
  },
});

/** The words after the step are the answer; without a run the first word is the step. */
function runMayBeLeftOut(words: unknown): unknown {
  if (typeof words !== 'object' || words === null) return words;
  const { run, step, value } = words as Record<string, string | undefined>;
  if (run === undefined || /^inc-\d/i.test(run)) return words;
  const said = [step, value].filter((word) => word !== undefined).join(' ');
  return { step: run, ...(said === '' ? {} : { value: said }) };
}
