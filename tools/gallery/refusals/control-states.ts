import type { IncidentEvent } from '../../../src/domain/events.ts';
import type { Access } from '../../../src/domain/system.ts';
import { chatbotPlan, refusedPlan, unfencedPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  begun,
  COMMANDER,
  created,
  failed,
  finished,
  pastFence,
  pastGuards,
  RUN,
  started,
  story,
  type Told,
} from '../story.ts';

/** A second commander, who comes after the first. */
export const OTHER = 'U0OTHER';
export const twoCommanders: Access = {
  chatbot: { start: [APPROVER], approve: [APPROVER], command: [COMMANDER, OTHER] },
};
/** Nobody but one person may do anything. */
export const alone: Access = { chatbot: { start: [COMMANDER], approve: [COMMANDER], command: [COMMANDER] } };

const lossRefuses = refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300. Bring the primary back.');
const overriddenBy = (by: string): Told => [
  90,
  {
    type: 'plan.guard-overridden',
    planId: 'INC-1.p1',
    step: 'loss',
    by,
    reason: 'Staying down is worse.',
    measured: 'lossSeconds 612',
    limit: 'lossSeconds <= 300',
  },
];
export const overridden = story(...begun, created(lossRefuses), overriddenBy(COMMANDER)).state;
export const twoRefuse = story(
  ...begun,
  created({
    ...lossRefuses,
    guards: lossRefuses.guards.map((guard) =>
      guard.step === 'capacity' ? { ...guard, passed: false, measured: 'missingMillicores 900' } : guard,
    ),
  }),
  overriddenBy(COMMANDER),
).state;
export const refusedThenNewer = story(
  ...begun,
  created(lossRefuses),
  created(chatbotPlan({ id: 'INC-1.p2' }), 120),
).state;
/** A step that is no guard said that it cannot work. */
export const impossible = story(
  ...begun,
  created({
    ...chatbotPlan(),
    verdict: 'refused',
    guards: [
      {
        step: 'promote',
        title: 'Promote the replica',
        expression: 'rds.promote-replica can be looked at',
        passed: false,
        measured: 'not measured',
        reason: 'chatbot-prod-replica-west in us-west-2 is no replica any more.',
      },
    ],
  }),
).state;

const inRun = (...events: Told[]) => story(...pastGuards(unfencedPlan()).slice(0, -1), ...events).state;
const lossFailed: Told = [
  168,
  {
    type: 'step.failed',
    runId: RUN,
    step: 'loss',
    attempt: 1,
    error: { code: 'guard.failed', message: 'Predicted data loss is within the RPO: no (lossSeconds 612).' },
    changes: [],
    differences: [
      { key: 'guard:loss', sentence: '“Predicted data loss is within the RPO” does not hold (lossSeconds 612).' },
    ],
  },
];
const told = (seconds: number, event: IncidentEvent): Told => [seconds, event];
export const guardFails = inRun(lossFailed);
export const overrideAsked = inRun(
  lossFailed,
  told(170, {
    type: 'step.override-requested',
    runId: RUN,
    step: 'loss',
    by: COMMANDER,
    reason: 'Staying down is worse.',
    accepts: [
      { key: 'guard:loss', sentence: '“Predicted data loss is within the RPO” does not hold (lossSeconds 612).' },
    ],
  }),
);

const planned = chatbotPlan({ mode: 'planned' });
export const plannedUnderWay = story(
  ...pastGuards({
    ...planned,
    steps: planned.steps.map((step) => (step.id === 'catch-up' ? { ...step, graceful: true } : step)),
  }),
  started('fence', 168),
).state;
export const hastened = story(
  ...pastGuards(planned),
  told(190, {
    type: 'run.mode-changed',
    runId: RUN,
    to: 'emergency',
    by: COMMANDER,
    reason: 'us-east-1 is down',
    signed: [],
  }),
).state;
export const held = story(
  ...pastGuards(planned),
  told(190, { type: 'run.pause-requested', runId: RUN, by: COMMANDER }),
).state;
export const stepFailed = story(
  ...pastFence(chatbotPlan()),
  started('promote', 184),
  failed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
).state;
/** A commander approved a plan in place of the run under way, which has not ended yet. */
export const replacing = story(
  ...pastGuards(planned),
  created(chatbotPlan({ id: 'INC-1.p2' }), 200),
  created(chatbotPlan({ id: 'INC-1.p3' }), 205),
  told(210, { type: 'run.abort-requested', runId: RUN, by: COMMANDER, reason: 'replaced by INC-1.p2' }),
  told(210, {
    type: 'plan.approved',
    planId: 'INC-1.p2',
    hash: planned.hash,
    by: COMMANDER,
    signed: [],
    replaces: RUN,
  }),
).state;

const ended: Told[] = [...pastGuards(planned), finished(700, 'recovered with exceptions', ['unfenced'])];
export const cooled = story(...ended, told(710, { type: 'cool-down.ended', by: COMMANDER })).state;
const watch = (kind: 'unfenced' | 'unprotected', subject: string): Told =>
  told(690, { type: 'watch.started', watch: `${RUN}/${kind}`, runId: RUN, step: 'fence', kind, subject });
const unfenced = watch('unfenced', 'chatbot-prod in us-east-1');
const unprotected = watch('unprotected', 'chatbot-prod-replica-west in us-west-2');
export const watchedTwice = story(...ended, unfenced, unprotected).state;
export const unwatched = story(
  ...ended,
  unfenced,
  unprotected,
  told(800, { type: 'watch.released', watch: `${RUN}/unfenced`, by: COMMANDER, reason: 'instance deleted' }),
  told(900, {
    type: 'watch.cleared',
    watch: `${RUN}/unprotected`,
    sentence: 'chatbot-prod-replica-west has a replica again.',
  }),
).state;
