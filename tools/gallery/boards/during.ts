import { askingTwice, chatbotPlan, unfencedPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  COMMANDER,
  changesOf,
  failed,
  pastFence,
  pastPromotion,
  pastRestoration,
  RUN,
  restored,
  running,
  started,
  succeeded,
} from '../story.ts';
import type { Scene } from './scene.ts';

const open = unfencedPlan();
const plan = chatbotPlan();
const twoQuestions = askingTwice();

export const DURING: Scene[] = [
  {
    id: 'assessment',
    title: 'Assessment runs',
    now: 'Nothing.',
    told: [...running(open), started('outage', 167), started('standby', 167), started('loss', 167)],
    seen: 168,
  },
  {
    id: 'data',
    title: 'Data and application recovery run side by side',
    now: 'Nothing.',
    told: [...pastFence(open), started('promote', 184), started('scale', 184)],
    seen: 246,
    says: {
      promote: 'modifying for 1 min; promotions take 3 to 5 min.',
      scale: 'chatbot-api 14 of 20, websocket-service 10 of 10, auth-service 5 of 5 ready',
    },
  },
  {
    id: 'application',
    title: 'Application recovery runs',
    now: 'Nothing.',
    told: [...pastPromotion(plan), ...restored(plan).slice(0, 8), started('restart', 412)],
    seen: 450,
    says: { restart: 'chatbot-api 9 of 20 pods restarted' },
  },
  {
    id: 'traffic',
    title: 'Traffic moves, and the RTO is missed',
    now: 'Nothing, but users have waited longer than the RTO allows.',
    told: [
      ...pastPromotion(plan),
      ...restored(plan).slice(0, 10),
      [900, { type: 'escalation.reached', tier: 2, action: 'Escalate to senior SRE', contact: 'SRE manager' }],
      [901, { type: 'page.accepted', tier: 2 }],
      started('load-balancer', 905),
      succeeded('load-balancer', 912, { changes: changesOf(plan, 'load-balancer') }),
      started('dns', 912),
    ],
    seen: 940,
    says: { dns: 'PENDING for 28 s; Route 53 answers INSYNC within 60 s' },
  },
  {
    id: 'person',
    title: 'A person must check',
    now: 'Sign in as a test user, look at the logs, and answer yes or no.',
    told: [...pastRestoration(open), started('sign-in', 577)],
    seen: 610,
    says: { 'sign-in': 'Sign in to chatbot.com as a test user and look at the application logs.' },
  },
  {
    id: 'answered',
    title: 'The person has answered',
    now: 'Nothing. The run ends by itself.',
    told: [
      ...pastRestoration(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: true }],
    ],
    seen: 641,
  },
  {
    id: 'retried',
    title: 'A failed step is tried again',
    now: 'Nothing.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      failed('promote', 190, 'aws.throttled', 'RDS asks to wait.'),
      [230, { type: 'step.retry-requested', runId: RUN, step: 'promote', by: COMMANDER }],
      started('promote', 231, 2),
    ],
    seen: 240,
    says: { promote: 'modifying for 8 s; promotions take 3 to 5 min.' },
  },
  {
    id: 'people',
    title: 'People must check two things',
    now: 'Somebody checks sign-in, somebody checks search, and each answers yes or no.',
    told: [...pastRestoration(twoQuestions), started('sign-in', 577), started('search', 577)],
    seen: 610,
  },
  {
    id: 'between',
    title: 'Between two steps',
    now: 'Nothing.',
    told: [...pastFence(open)],
    seen: 184,
  },
];
