import { askingTwice, chatbotPlan, unfencedPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  COMMANDER,
  failed,
  pastFence,
  pastGuards,
  pastPromotion,
  pastRestoration,
  RUN,
  restored,
  started,
} from '../story.ts';
import type { Scene } from './scene.ts';

const open = unfencedPlan();
const plan = chatbotPlan();
const twoQuestions = askingTwice();
const DECLINED = { code: 'manual.refused', message: `<@${APPROVER}> answered no: sign-in shows an error page.` };

export const PAUSED: Scene[] = [
  {
    id: 'paused-action',
    title: 'An action failed',
    now: 'A commander decides: retry when Route 53 can be changed again, skip when it was done by hand, or abort.',
    told: [
      ...pastPromotion(open),
      ...restored(open).slice(0, 12),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now (ServiceUnavailable).'),
    ],
    seen: 560,
  },
  {
    id: 'paused-fenced',
    title: 'The promotion failed while writes are stopped',
    now: 'A commander decides: retry the promotion, or abort and allow writes on the old primary again.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      failed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
    ],
    seen: 250,
  },
  {
    id: 'paused-timeout',
    title: 'A step took too long',
    now: 'A commander decides: retry, skip when it was done by hand, or abort.',
    told: [
      ...pastPromotion(plan),
      ...restored(plan).slice(0, 6),
      started('restart', 412),
      failed('restart', 1012, 'step.timeout', "Restart the services: not done after 10 min, the step's timeout."),
    ],
    seen: 1020,
  },
  {
    id: 'paused-guard',
    title: 'A guard failed in the run',
    now: 'A commander decides: retry when the replica has caught up, or abort. Nothing was changed.',
    told: [
      ...pastGuards(open).slice(0, -1),
      failed(
        'loss',
        168,
        'guard.failed',
        'Predicted data loss is within the RPO: no (lossSeconds 612). Promoting now would lose more than the RPO allows.',
      ),
    ],
    seen: 175,
  },
  {
    id: 'paused-guard-again',
    title: 'A guard failed right before the promotion',
    now: 'A commander decides: retry when the replica has caught up, or abort and allow writes again.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      failed(
        'promote',
        185,
        'guard.failed',
        'The replica is in service: no (status "rebooting"). Only an available read replica can be promoted.',
      ),
    ],
    seen: 190,
  },
  {
    id: 'paused-no',
    title: 'A person answered no',
    now: 'A commander decides: mend sign-in and retry (which asks again), or skip.',
    told: [
      ...pastRestoration(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: false }],
      failed('sign-in', 640, DECLINED.code, DECLINED.message),
    ],
    seen: 650,
  },
  {
    id: 'paused-nobody',
    title: 'Nobody answered',
    now: 'A commander decides: retry (which asks again), or skip and leave it unchecked.',
    told: [
      ...pastRestoration(open),
      started('sign-in', 577),
      failed('sign-in', 4177, 'step.timeout', 'Nobody answered within 1 h.'),
    ],
    seen: 4200,
  },
  {
    id: 'paused-several',
    title: 'Two steps failed side by side',
    now: 'A commander decides on both: retry, skip when done by hand, or abort.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      started('scale', 184),
      failed('scale', 190, 'kubernetes.forbidden', 'Kubernetes refuses: lifeboat may not patch deployments.'),
      failed('promote', 191, 'aws.denied', 'AWS refuses the credentials of us-west-2 (ExpiredToken).'),
    ],
    seen: 200,
  },
  {
    id: 'skipped',
    title: 'A step was skipped, the run goes on',
    now: 'Nothing. The skipped step will stand in the outcome.',
    told: [
      ...pastPromotion(open),
      ...restored(open).slice(0, 12),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now (ServiceUnavailable).'),
      [600, { type: 'step.skipped', runId: RUN, step: 'dns', by: COMMANDER, reason: 'changed by hand in the console' }],
      started('resolvers', 601),
    ],
    seen: 620,
    says: { resolvers: 'cloudflare gives the old answer for 40 s more' },
  },
  {
    id: 'paused-mixed',
    title: 'A step failed while a person must check',
    now: 'A commander decides on the DNS record; somebody checks search and answers.',
    told: [
      ...pastPromotion(twoQuestions),
      ...restored(twoQuestions).slice(0, 12),
      started('search', 512),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now (ServiceUnavailable).'),
    ],
    seen: 560,
  },
];
