import { at, unfencedPlan } from '../chatbot-plan.ts';
import { begun, created, declaration, pastFence, started, type Told } from '../story.ts';
import type { Scene } from './scene.ts';

const open = unfencedPlan();

export const PAGING: Scene[] = [
  {
    id: 'page-failed',
    title: 'PagerDuty does not answer',
    now: 'Call the SRE rotation by telephone; somebody else approves or rejects the plan.',
    told: [
      declaration,
      [61, { type: 'escalation.reached', tier: 1, action: 'Primary on-call engineer', contact: 'SRE rotation' }],
      [
        62,
        {
          type: 'page.failed',
          tier: 1,
          error: { code: 'pagerduty.unreachable', message: 'PagerDuty did not answer; the page is sent again.' },
        },
      ],
      created(open),
    ],
    seen: 100,
  },
  {
    id: 'all-paged',
    title: 'An hour of indecision: every tier was paged',
    now: 'Somebody other than the requester approves or rejects plan INC-1.p1.',
    told: [
      ...begun,
      created({ ...open, createdAt: at(1800) }, 1800),
      ...[2, 3, 4].flatMap((tier): Told[] => [
        [tier * 900, { type: 'escalation.reached', tier, action: 'Escalate', contact: 'the next ones' }],
        [tier * 900 + 1, { type: 'page.accepted', tier }],
      ]),
    ],
    seen: 3700,
  },
  {
    id: 'page-pending',
    title: 'The page is on its way',
    now: 'Nothing. The plan follows within seconds.',
    told: [
      declaration,
      [61, { type: 'escalation.reached', tier: 1, action: 'Primary on-call engineer', contact: 'SRE rotation' }],
    ],
    seen: 62,
  },
  {
    id: 'page-failed-running',
    title: 'PagerDuty does not answer while the run goes on',
    now: 'Call the SRE manager by telephone; the run needs nobody.',
    told: [
      ...pastFence(open),
      started('promote', 184),
      [900, { type: 'escalation.reached', tier: 2, action: 'Escalate to senior SRE', contact: 'SRE manager' }],
      [
        902,
        {
          type: 'page.failed',
          tier: 2,
          error: { code: 'pagerduty.unreachable', message: 'PagerDuty did not answer; the page is sent again.' },
        },
      ],
    ],
    seen: 910,
  },
];
