import type { Plan } from '../../../src/domain/plan.ts';
import { at, chatbotPlan } from '../chatbot-plan.ts';
import {
  aborted,
  attemptFailed,
  COMMANDER,
  created,
  failed,
  finished,
  pastFence,
  pastGuards,
  pastPromotion,
  RUN,
  restored,
  running,
  started,
  type Told,
} from '../story.ts';
import type { Scene } from './scene.ts';

/** A planned move, with two steps that are there for politeness only. */
const planned: Plan = (() => {
  const plan = chatbotPlan({ mode: 'planned', reason: 'kernel update of us-east-1' });
  const graceful = ['catch-up', 'restart'];
  return {
    ...plan,
    steps: plan.steps.map((step) => (graceful.includes(step.id) ? { ...step, graceful: true as const } : step)),
  };
})();
const retried: Plan = (() => {
  const plan = chatbotPlan();
  const retry = { attempts: 5, backoffSeconds: 10 };
  return { ...plan, steps: plan.steps.map((step) => (step.id === 'dns' ? { ...step, retry } : step)) };
})();
const plan = chatbotPlan();
const instead = chatbotPlan({ id: 'INC-1.p2', createdAt: at(230), requestedBy: 'U0APPROVER' });

const changedMode: Told[] = [
  ...running(planned),
  ...pastGuards(planned).slice(running(planned).length),
  started('fence', 168),
  [
    172,
    {
      type: 'run.mode-changed',
      runId: RUN,
      to: 'emergency',
      by: COMMANDER,
      reason: 'us-east-1 has just gone down',
      signed: ['unfenced:chatbot-prod in us-east-1'],
    },
  ],
];

export const leftOut: Told[] = [
  ...changedMode,
  ...['catch-up', 'restart'].map(
    (step): Told => [173, { type: 'step.left-out', runId: RUN, step, reason: 'the run became an emergency' }],
  ),
];

export const replaced: Told[] = [
  ...pastFence(plan),
  started('promote', 184),
  failed('promote', 220, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
  created(instead, 230),
  [250, { type: 'plan.approved', planId: 'INC-1.p2', hash: instead.hash, by: COMMANDER, signed: [], replaces: RUN }],
  aborted(250, 'INC-1.p2 takes its place'),
];

/** What is tried again by itself, what becomes an emergency, and what takes the place of a run. */
export const OTHER_WAYS: Scene[] = [
  {
    id: 'backing-off',
    title: 'A step is tried again by itself',
    now: 'Nothing.',
    told: [
      ...pastPromotion(retried),
      ...restored(retried).slice(0, 12),
      started('dns', 512),
      attemptFailed('dns', 514, 524, 'Route 53 asks to wait (Throttling).'),
      started('dns', 524, 2),
      attemptFailed('dns', 526, 546, 'Route 53 asks to wait (Throttling).', 2),
    ],
    seen: 530,
  },
  {
    id: 'planned',
    title: 'A planned run is under way',
    now: 'Nothing; a commander may make it an emergency.',
    told: [...running(planned), started('outage', 167), started('loss', 167)],
    seen: 168,
  },
  {
    id: 'emergency',
    title: 'A planned run became an emergency',
    now: 'Nothing.',
    told: [...leftOut, started('scale', 174)],
    seen: 180,
  },
  {
    id: 'instead',
    title: 'A plan waits that takes the place of the run',
    now: 'A commander approves or rejects plan INC-1.p2; until then the run goes on.',
    told: [...pastFence(plan), started('scale', 184), created(instead, 230)],
    seen: 240,
  },
  {
    id: 'replaced',
    title: 'The run makes room for another one',
    now: 'Nothing. The next run starts by itself.',
    told: replaced,
    seen: 251,
  },
  {
    id: 'replaced-started',
    title: 'The run that took the place has started',
    now: 'Nothing.',
    told: [
      ...replaced,
      finished(252, 'failed', ['failed promote']),
      [252, { type: 'run.started', runId: 'INC-1.r2', planId: 'INC-1.p2', locks: ['system/chatbot'] }],
      [253, { type: 'step.started', runId: 'INC-1.r2', step: 'outage', attempt: 1, operationId: 'x' }],
    ],
    seen: 255,
  },
  {
    id: 'failed-at',
    title: 'Ended while a step stood failed',
    now: 'Allow writes again: nobody can write anywhere.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      failed('promote', 240, 'approval.void', 'The replica is in service: no (status "rebooting").'),
      aborted(300),
      finished(301, 'failed', ['failed promote']),
    ],
    seen: 310,
  },
];
