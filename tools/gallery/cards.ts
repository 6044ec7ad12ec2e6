import { planCard } from '../../src/blocks/plan-card.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { at, chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import { APPROVER, approvalBegun, begun, COMMANDER, created, REQUESTER, running, story, type Told } from './story.ts';

interface Scene {
  id: string;
  title: string;
  now: string;
  told: Told[];
  /** Seconds after detection at which it is looked at. */
  seen?: number;
  /** Which plan; the first unless it says otherwise. */
  plan?: string;
}

const plan = chatbotPlan();
const open = unfencedPlan();
const DECIDE = 'Somebody other than the requester approves or rejects it.';
const AGAIN = 'Make a new plan, or end the incident.';
const next = chatbotPlan({ id: 'INC-1.p2', createdAt: at(170) });
const DIFFERENCE = [
  '"Promote the replica": status was available and is modifying now.',
  '"Move the DNS record": record was chatbot-east-1234567890.us-east-1.elb.amazonaws.com and is api-old.chatbot.com now.',
];
const voidedFor = (difference: string[]): Told => [165, { type: 'plan.voided', planId: 'INC-1.p1', difference }];

const WAITING: Scene[] = [
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
            message: 'Plan INC-1.p1 cannot start now: INC-9.r1 holds rds/us-west-2/chatbot-prod-replica-west.',
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
];

const DECIDED: Scene[] = [
  { id: 'approved', title: 'Approved', now: 'Nothing. The board shows the run.', told: running(plan) },
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
      created(
        refusedPlan('standby-database', 'status rebooting', 'Only an available read replica.', { id: 'INC-1.p2' }),
      ),
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

const REFUSALS: [step: string, title: string, measured: string, reason: string, now: string][] = [
  [
    'outage',
    'The service answers users',
    'healthy true',
    'Needed: healthy == false. The service answers users. An emergency failover would interrupt it; use --mode planned.',
    'Ask for a planned failover, or leave the service alone: users can reach it.',
  ],
  [
    'standby-database',
    'The replica is not in service',
    'status rebooting, replicaOf chatbot-prod',
    'Needed: status == "available" && replicaOf != "". Only an available read replica can be promoted.',
    'Wait until the replica is available, then ask for a new plan.',
  ],
  [
    'standby-services',
    'The standby region does not answer',
    'healthy false',
    'Needed: healthy == true. The standby region must work before traffic can go there.',
    'Bring the services in us-west-2 up, then ask for a new plan.',
  ],
  [
    'capacity',
    'The standby cluster is too small',
    'missingMillicores 6400',
    'Needed: missingMillicores == 0. Add nodes to the standby cluster, or scale other workloads down.',
    'Add nodes to the cluster in us-west-2, then ask for a new plan.',
  ],
  [
    'loss',
    'Too much data would be lost',
    'lossSeconds 612',
    'Needed: lossSeconds <= 300. Promoting now would lose more than the RPO allows. Bring the primary back, or restore from a backup.',
    'Bring the primary back or restore from a backup; then ask for a new plan.',
  ],
];

export function cardGroups(): ExhibitGroup[] {
  return [
    { title: 'The plan, before the decision', exhibits: WAITING.map(exhibit) },
    { title: 'The plan, decided', exhibits: DECIDED.map(exhibit) },
    { title: 'The plan, refused by each guard', exhibits: [...REFUSALS.map(refusal), unreachableGuard()] },
  ];
}

function refusal([step, title, measured, reason, now]: (typeof REFUSALS)[number]): Exhibit {
  return exhibit({ id: `refused-${step}`, title, now, told: [...begun, created(refusedPlan(step, measured, reason))] });
}

/** A guard that could not be measured at all. */
function unreachableGuard(): Exhibit {
  const reason = 'It could not be measured: no answer within 2.5 s.';
  const refused: Plan = refusedPlan('standby-services', 'not measured', reason);
  return exhibit({
    id: 'refused-unreachable',
    title: 'A guard could not be measured',
    now: 'See why us-west-2 does not answer, then ask for a new plan.',
    told: [...begun, created(refused)],
  });
}

function exhibit({ id, title, now, told, seen = 120, plan: wanted = 'INC-1.p1' }: Scene): Exhibit {
  const { journal, state } = story(...told);
  const entry = state.plans.find((candidate) => candidate.plan.id === wanted);
  if (!entry) throw new Error(`the story of ${id} has no plan ${wanted}`);
  const shown = item({ id: `plan-${id}`, title, now, kind: 'message' }, planCard(state, entry, at(seen)));
  return { item: shown, journal, state };
}
