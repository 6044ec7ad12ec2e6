import { refusedPlan, unfencedPlan } from '../chatbot-plan.ts';
import { APPROVER, approvalBegun, begun, created, declaration, running } from '../story.ts';
import type { Scene } from './scene.ts';

const open = unfencedPlan();

export const BEFORE: Scene[] = [
  {
    id: 'planning',
    title: 'The plan is being made',
    now: 'Nothing. The plan follows within seconds.',
    told: [declaration],
    seen: 61,
  },
  {
    id: 'plan-failed',
    title: 'The plan could not be made',
    now: 'Mend the credentials of AWS, then ask for the plan again.',
    told: [
      ...begun,
      [
        70,
        {
          type: 'plan.failed',
          planId: 'INC-1.p1',
          by: 'U0REQUESTER',
          error: { code: 'aws.denied', message: 'AWS refuses the credentials of us-west-2 (ExpiredToken).' },
          asked: { mode: 'emergency', reason: 'users see errors' },
        },
      ],
    ],
    seen: 75,
  },
  {
    id: 'waiting',
    title: 'A plan waits for approval',
    now: 'Somebody other than the requester approves or rejects plan INC-1.p1.',
    told: [...begun, created(open)],
    seen: 120,
  },
  {
    id: 'approving',
    title: 'Somebody is approving',
    now: 'Nothing. The live state is being compared with the plan.',
    told: [...begun, created(open), approvalBegun],
    seen: 165,
  },
  {
    id: 'refused',
    title: 'The plan is refused',
    now: 'Mend what the plan says (the replica is too far behind), then ask for a new plan.',
    told: [...begun, created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.'))],
    seen: 90,
  },
  {
    id: 'rejected',
    title: 'The plan was rejected',
    now: 'Make a new plan, or end the incident.',
    told: [...begun, created(open), [150, { type: 'plan.rejected', planId: 'INC-1.p1', by: APPROVER }]],
    seen: 160,
  },
  {
    id: 'expired',
    title: 'Nobody decided for an hour',
    now: 'Make a new plan, or end the incident.',
    told: [...begun, created(open), [3672, { type: 'plan.expired', planId: 'INC-1.p1' }]],
    seen: 3680,
  },
  {
    id: 'starting',
    title: 'Approved, the run begins',
    now: 'Nothing. The first steps start.',
    told: running(open),
    seen: 166,
  },
  {
    id: 'voided',
    title: 'The plan is no longer valid, and none took its place',
    now: 'Make a new plan, or end the incident.',
    told: [
      ...begun,
      created(open),
      [150, { type: 'plan.voided', planId: 'INC-1.p1', difference: ['The replica was promoted by somebody else.'] }],
    ],
    seen: 160,
  },
];
