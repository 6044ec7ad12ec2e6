import type { Difference } from '../../../src/domain/events.ts';
import { chatbotPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  COMMANDER,
  drifted,
  failed,
  held,
  pastFence,
  pastGuards,
  RUN,
  running,
  started,
  type Told,
  windowOpened,
} from '../story.ts';
import type { Scene } from './scene.ts';

const plan = chatbotPlan({ abortWindowSeconds: 10 });

const LOSS: Difference = {
  key: 'guard:loss',
  sentence: 'Predicted data loss is within the RPO: no (lossSeconds 612; needed lossSeconds <= 300).',
};
const RECORD: Difference = {
  key: 'fact:dns/values=["chatbot-eu.example.com"]',
  sentence: 'Move the DNS record: values was ["chatbot-east-1234567890"], now ["chatbot-eu.example.com"].',
};

/** The guard turned bad right before the promotion. */
const voided: Told[] = [...pastFence(plan), drifted('promote', 185, [LOSS, RECORD])];
const asked: Told[] = [
  ...voided,
  [
    220,
    {
      type: 'step.override-requested',
      runId: RUN,
      step: 'promote',
      by: COMMANDER,
      reason: 'ten minutes of chat are worth less than an hour of outage',
      accepts: [LOSS, RECORD],
    },
  ],
];
const signed: Told[] = [
  ...asked,
  [260, { type: 'step.overridden', runId: RUN, step: 'promote', by: APPROVER }],
  started('promote', 261, 2),
];

/** What somebody holds, what the approval no longer covers, and the last moment before the promotion. */
export const DECIDING: Scene[] = [
  {
    id: 'held',
    title: 'Somebody holds the run',
    now: 'A commander resumes it, or aborts. Two steps still end by themselves.',
    told: [...pastFence(plan), started('scale', 184), held(200, 'the network team looks at us-west-2 first')],
    seen: 230,
    says: { scale: 'chatbot-api 14 of 20 ready' },
  },
  {
    id: 'held-window',
    title: 'Somebody holds the run in the last moment',
    now: 'A commander resumes it, or aborts.',
    told: [...pastFence(plan), windowOpened(184, 194), held(188)],
    seen: 190,
  },
  {
    id: 'held-failed',
    title: 'A step failed in a run that somebody holds',
    now: 'A commander decides on the step that failed, then resumes the run, or aborts.',
    told: [
      ...pastFence(plan),
      started('scale', 184),
      held(190),
      failed('scale', 195, 'kubernetes.forbidden', 'Kubernetes refuses: lifeboat may not patch deployments.'),
    ],
    seen: 200,
  },
  {
    id: 'abort-window',
    title: 'The promotion begins in a moment',
    now: 'Press Abort to stop it; otherwise nothing.',
    told: [...pastFence(plan), windowOpened(184, 194), started('scale', 184)],
    seen: 187,
    says: { scale: 'chatbot-api 2 of 20 ready' },
  },
  {
    id: 'abort-window-over',
    title: 'The last moment is over',
    now: 'Nothing.',
    told: [
      ...pastFence(plan),
      windowOpened(184, 194),
      [194, { type: 'run.abort-window-closed', runId: RUN }],
      started('promote', 194),
    ],
    seen: 200,
    says: { promote: 'modifying for 6 s; promotions take 3 to 5 min.' },
  },
  {
    id: 'drift',
    title: 'The approval no longer covers the promotion',
    now: 'A commander allows writes again, retries, overrides with a reason, or aborts.',
    told: voided,
    seen: 190,
  },
  {
    id: 'drift-guard',
    title: 'A guard no longer holds, before anything was changed',
    now: 'A commander retries, overrides with a reason, or aborts. Nothing was changed.',
    told: [...pastGuards(plan).slice(0, -1), drifted('loss', 168, [LOSS])],
    seen: 175,
  },
  {
    id: 'override-asked',
    title: 'An override waits for its second name',
    now: 'Somebody else who may approve signs it; or a commander retries or aborts.',
    told: asked,
    seen: 240,
  },
  {
    id: 'override-signed',
    title: 'An override was signed, the run goes on',
    now: 'Nothing. The override will stand in the outcome.',
    told: signed,
    seen: 270,
    says: { promote: 'modifying for 8 s; promotions take 3 to 5 min.' },
  },
  {
    id: 'drift-several',
    title: 'An override waits while another step failed',
    now: 'Somebody else signs the override; a commander decides on the other step, or aborts.',
    told: [
      ...pastFence(plan),
      started('scale', 184),
      failed('scale', 185, 'kubernetes.forbidden', 'Kubernetes refuses: lifeboat may not patch deployments.'),
      ...asked.slice(voided.length - 1),
    ],
    seen: 240,
  },
  {
    id: 'resumed',
    title: 'The run was resumed',
    now: 'Nothing.',
    told: [
      ...running(plan),
      held(166),
      [168, { type: 'run.resumed', runId: RUN, by: COMMANDER }],
      started('loss', 169),
    ],
    seen: 170,
  },
];
