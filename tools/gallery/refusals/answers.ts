import { recordPlan } from '../../../src/usecases/record-plan.ts';
import { decideAnswer } from '../../../src/usecases/steps.ts';
import { aborted, access, asking } from '../incidents.ts';
import { answeredPoint, choosing, diagnosisPlan, fillingIn } from '../other-plans.ts';
import { APPROVER, COMMANDER, RUN, story } from '../story.ts';
import type { LATE } from './late.ts';

const choose = story(...choosing()).state;
const fill = story(...fillingIn()).state;
const chosen = story(...choosing(), answeredPoint).state;
const by = (step: string, value?: string, user = APPROVER) => ({
  user,
  runId: RUN,
  step,
  confirmed: true,
  ...(value === undefined ? {} : { value }),
});

/** Answers that do not answer the question. */
export const ANSWERS: typeof LATE = [
  [
    'run-undo-first',
    'A look is asked for while an aborted run can still be undone',
    'run',
    'Undo what was changed, or end the incident.',
    () => recordPlan(aborted, diagnosisPlan({ id: 'INC-1.p2' })),
  ],
  [
    'answer-no-option',
    'Something is chosen that is not offered',
    'answer',
    'Take one that is.',
    () => decideAnswer(access, choose, by('point', 'snapshot-0300')),
  ],
  [
    'answer-yes',
    'A choice is answered with yes',
    'confirm',
    'Choose.',
    () => decideAnswer(access, choose, by('point')),
  ],
  [
    'answer-empty',
    'Nothing is filled in',
    'answer',
    'Answer again.',
    () => decideAnswer(access, fill, by('since', ' ')),
  ],
  [
    'answer-long',
    'Far too much is filled in',
    'answer',
    'Answer in a word.',
    () => decideAnswer(access, fill, by('since', 'x'.repeat(400))),
  ],
  [
    'answer-pattern',
    'What is filled in has another form',
    'answer',
    'Write it as in the example.',
    () => {
      const plans = fill.plans.map((entry) => ({
        ...entry,
        plan: {
          ...entry.plan,
          steps: entry.plan.steps.map((step) => ({ ...step, with: { ...step.with, pattern: '\\d{4}-.*Z' } })),
        },
      }));
      return decideAnswer(access, { ...fill, plans }, by('since', 'yesterday'));
    },
  ],
  [
    'answer-yes-or-no',
    'A question for yes or no is answered with something else',
    'answer',
    'Say yes or no.',
    () => decideAnswer(access, asking, by('sign-in', 'perhaps')),
  ],
  [
    'answer-second',
    'A second person chooses, too late',
    'answer',
    'Nothing: the run goes on with what was chosen.',
    () => decideAnswer(access, chosen, by('point', 'dump', COMMANDER)),
  ],
];
