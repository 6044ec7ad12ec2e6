import { at, chatbotPlan, refusedPlan, unfencedPlan } from '../chatbot-plan.ts';
import { looking } from '../other-plans.ts';
import { APPROVER, approvalBegun, begun, COMMANDER, created, REQUESTER, running, type Told } from '../story.ts';
import type { Scene } from './scene.ts';

const plan = chatbotPlan();
const open = unfencedPlan();
const AGAIN = 'Make a new plan, or end the incident.';
const next = chatbotPlan({ id: 'INC-1.p2', createdAt: at(170) });
const DIFFERENCE = [
  '"Promote the replica": status was available and is modifying now.',
  '"Move the DNS record": record was chatbot-east-1234567890.us-east-1.elb.amazonaws.com and is api-old.chatbot.com now.',
];
const voidedFor = (difference: string[]): Told => [165, { type: 'plan.voided', planId: 'INC-1.p1', difference }];

/** Decided, or decided for them. */
export const DECIDED: Scene[] = [
  { id: 'approved', title: 'Approved', now: 'Nothing. The board shows the run.', told: running(plan) },
  {
    id: 'looks',
    title: 'A plan that changes nothing, which has begun',
    now: 'Nothing. The board shows what it finds.',
    told: looking(),
  },
  {
    id: 'approved-signed',
    title: 'Approved, with a signature',
    now: 'Nothing. The board shows the run.',
    told: running(open),
  },
  {
    id: 'rejected',
    title: 'Rejected',
    now: AGAIN,
    told: [...begun, created(open), [150, { type: 'plan.rejected', planId: 'INC-1.p1', by: APPROVER }]],
  },
  {
    id: 'withdrawn',
    title: 'Withdrawn by the one who asked for it',
    now: AGAIN,
    told: [...begun, created(open), [150, { type: 'plan.rejected', planId: 'INC-1.p1', by: REQUESTER }]],
  },
  {
    id: 'expired',
    title: 'Nobody decided for an hour',
    now: AGAIN,
    told: [...begun, created(open), [3672, { type: 'plan.expired', planId: 'INC-1.p1' }]],
    seen: 3680,
  },
  {
    id: 'voided',
    title: 'The live state has changed: a new plan took its place',
    now: 'Decide on plan INC-1.p2 instead.',
    told: [...begun, created(open), approvalBegun, voidedFor(DIFFERENCE), created(next, 165)],
  },
  {
    id: 'voided-refused',
    title: 'The live state has changed: the new plan is refused',
    now: 'Look at plan INC-1.p2 for what has to be mended.',
    told: [
      ...begun,
      created(open),
      voidedFor(['"The replica is in service" no longer holds (measured: status rebooting).']),
      created(refusedPlan('standby', 'ready false', 'Only an available read replica.', { id: 'INC-1.p2' })),
    ],
  },
  {
    id: 'voided-newer',
    title: 'Somebody asked for a newer plan',
    now: 'Decide on plan INC-1.p2 instead.',
    told: [
      ...begun,
      created(open),
      voidedFor([`<@${COMMANDER}> asked for a newer plan, INC-1.p2.`]),
      created({ ...next, requestedBy: COMMANDER }, 165),
    ],
  },
  {
    id: 'voided-resolved',
    title: 'The incident was resolved',
    now: 'Nothing.',
    told: [
      ...begun,
      created(open),
      voidedFor([`<@${COMMANDER}> resolved the incident.`]),
      [165, { type: 'incident.resolved', by: COMMANDER }],
    ],
  },
];
