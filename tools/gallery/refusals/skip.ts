import { decideSkip } from '../../../src/usecases/steps.ts';
import { chatbotPlan } from '../chatbot-plan.ts';
import { access, guardFailed } from '../incidents.ts';
import { COMMANDER, failed, pastGuards, RUN, started, story } from '../story.ts';

type Row = [id: string, title: string, verb: string, now: string, decide: () => unknown];

const unreachable =
  'chatbot-prod in us-east-1 cannot be reached to be fenced, and the approval did not sign for that. Ask for a new plan, which shows it.';
const fenceFails = (mode: 'emergency' | 'planned') =>
  story(
    ...pastGuards(chatbotPlan({ mode })),
    started('fence', 168),
    failed('fence', 183, 'fence.unreachable', unreachable),
  ).state;
const skipped = (step: string) => ({ user: COMMANDER, runId: RUN, step, reason: 'hurry' });

/** Steps that one person's word does not leave behind. */
export const SKIP: Row[] = [
  [
    'skip-guard',
    'A guard is skipped',
    'skip',
    'Mend what it protects, or abort.',
    () => decideSkip(access, guardFailed, skipped('loss')),
  ],
  [
    'skip-fence',
    'The fence is skipped, and nobody has signed for that',
    'skip',
    'Retry it, or abort and sign a new plan.',
    () => decideSkip(access, fenceFails('emergency'), skipped('fence')),
  ],
  [
    'skip-fence-planned',
    'The fence of a planned run is skipped',
    'skip',
    'Retry it, or go on as an emergency.',
    () => decideSkip(access, fenceFails('planned'), skipped('fence')),
  ],
];
