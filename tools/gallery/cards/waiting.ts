import type { Plan } from '../../../src/domain/plan.ts';
import { at, chatbotPlan, unfencedPlan } from '../chatbot-plan.ts';
import { choicePlan } from '../other-plans.ts';
import { APPROVER, aborted, approvalBegun, begun, created, finished, pastFence } from '../story.ts';
import type { Scene } from './scene.ts';

const plan = chatbotPlan();
const open = unfencedPlan();
const twoSignatures: Plan = {
  ...open,
  signatures: [
    ...open.signatures,
    {
      kind: 'unfenced',
      subject: 'chatbot-prod-reports in us-east-1',
      sentence: 'It cannot be reached. Reports that are written there while it is cut off are lost.',
    },
  ],
};
const DECIDE = 'Somebody other than the requester approves or rejects it.';

/** Before the decision. */
export const WAITING: Scene[] = [
  { id: 'waiting', title: 'Everything can be made safe', now: DECIDE, told: [...begun, created(plan)] },
  {
    id: 'waiting-unfenced',
    title: 'The old primary cannot be fenced',
    now: `${DECIDE} Who approves signs that the old primary stays unfenced.`,
    told: [...begun, created(open)],
  },
  {
    id: 'waiting-late',
    title: 'The RTO cannot be kept, and the loss is not known',
    now: `${DECIDE} Each minute makes it later.`,
    told: [
      ...begun,
      created({ ...open, createdAt: at(600), predicted: { durationSeconds: 489, criticalPath: [] } }, 600),
    ],
    seen: 620,
  },
  {
    id: 'waiting-warnings',
    title: 'Two things are signed for by name',
    now: `${DECIDE} Who approves signs for both, and has read them.`,
    told: [...begun, created(twoSignatures)],
  },
  {
    id: 'waiting-rto-over',
    title: 'The RTO is over, and nobody has decided',
    now: `${DECIDE} Each minute makes it later.`,
    told: [...begun, created({ ...open, createdAt: at(600) }, 600)],
    seen: 1000,
  },
  {
    id: 'waiting-again',
    title: 'A second plan after a run that changed something',
    now: DECIDE,
    told: [
      ...pastFence(plan),
      aborted(180),
      finished(181, 'aborted'),
      created(chatbotPlan({ id: 'INC-1.p2', createdAt: at(300) }), 300),
    ],
    seen: 310,
    plan: 'INC-1.p2',
  },
  {
    id: 'planned',
    title: 'A planned move, with nothing lost',
    now: DECIDE,
    told: [
      ...begun,
      created(
        chatbotPlan({
          mode: 'planned',
          reason: 'kernel update of us-east-1',
          predicted: { lossSeconds: 0, durationSeconds: 489, criticalPath: [] },
        }),
      ),
    ],
  },
  {
    id: 'approving',
    title: 'Somebody is approving',
    now: 'Nothing. The live state is being compared with the plan.',
    told: [...begun, created(open), approvalBegun],
    seen: 165,
  },
  {
    id: 'approval-failed',
    title: 'The comparison failed',
    now: 'Mend the credentials of AWS, then approve again (or reject).',
    told: [
      ...begun,
      created(open),
      approvalBegun,
      [
        166,
        {
          type: 'plan.approval-failed',
          planId: 'INC-1.p1',
          by: APPROVER,
          error: { code: 'aws.denied', message: 'AWS refuses the credentials of us-west-2 (ExpiredToken).' },
        },
      ],
    ],
    seen: 170,
  },
  {
    id: 'approval-locked',
    title: 'Another run holds the same database',
    now: 'Wait for the other run to end, then approve again.',
    told: [
      ...begun,
      created(plan),
      approvalBegun,
      [
        166,
        {
          type: 'plan.approval-failed',
          planId: 'INC-1.p1',
          by: APPROVER,
          error: {
            code: 'approval.lock-held',
            message:
              'Plan INC-1.p1 cannot start now: rds/us-west-2/chatbot-prod-replica-west is locked by the run INC-9.r1 of INC-9: wait until it has ended, or abort it.',
          },
        },
      ],
    ],
    seen: 170,
  },
  {
    id: 'approval-lost',
    title: 'Nothing came of an approval',
    now: 'Approve again: the process died while it compared.',
    told: [...begun, created(open), approvalBegun],
    seen: 900,
  },
  {
    id: 'asks',
    title: 'A recovery that asks people on the way',
    now: 'Approve or reject.',
    told: [...begun, created(choicePlan())],
  },
];
