import type { IncidentEvent } from '../../../src/domain/events.ts';
import { plannedStep, planWith } from '../../../test/support/incident.ts';
import { at, chatbotPlan, refusedPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  aborted,
  begun,
  COMMANDER,
  created,
  failed,
  finished,
  pastFence,
  RUN,
  started,
  type Told,
} from '../story.ts';
import { undoPlan } from '../undo-plan.ts';
import type { Scene } from './scene.ts';

const plan = chatbotPlan({ abortWindowSeconds: 10 });
const refused = refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300. Promoting now would lose more.');
const overriding: IncidentEvent = {
  type: 'plan.guard-overridden',
  planId: 'INC-1.p1',
  step: 'loss',
  by: COMMANDER,
  reason: 'ten minutes of chat are worth less than an hour of outage',
  measured: 'lossSeconds 612',
  limit: 'lossSeconds <= 300',
};
const overridden: Told[] = [...begun, created(refused), [110, overriding]];
const DECIDE = 'Somebody other than the requester approves or rejects it.';
const instead = chatbotPlan({ id: 'INC-1.p2', createdAt: at(230) });
const quota = 'RDS refuses the promotion: the storage quota of us-west-2 is used up.';

/** One nested runbook for each of a thousand shards, and what gathers them. */
const nested = planWith(
  Array.from({ length: 1000 }, (_, index) =>
    plannedStep(`shards-${index}-restore`, {
      title: `Restore shard ${index + 1}`,
      scope: `shards-${index}`,
      item: index,
      group: { id: 'shards', limit: 20 },
      changes: [{ what: `Shard ${index + 1} in us-west-2`, before: 'absent', after: 'restored' }],
    }),
  ),
);

/** Plans with a way through, with something to know before, or in place of what runs. */
export const OVERRIDDEN: Scene[] = [
  {
    id: 'window',
    title: 'A plan with a last moment to stop it',
    now: DECIDE,
    told: [...begun, created(plan)],
  },
  {
    id: 'overridden',
    title: 'A plan whose failed guard a commander overrides',
    now: 'Somebody else than the requester and the commander approves or rejects it, as the second name.',
    told: overridden,
  },
  {
    id: 'overridden-approved',
    title: 'An overridden plan was approved',
    now: 'Nothing. The board shows the run.',
    told: [
      ...overridden,
      [140, { type: 'plan.approved', planId: 'INC-1.p1', hash: refused.hash, by: APPROVER, signed: [] }],
      [140, { type: 'run.started', runId: RUN, planId: 'INC-1.p1', locks: [] }],
    ],
    seen: 145,
  },
  {
    id: 'warned',
    title: 'A plan soon after another run',
    now: `${DECIDE} Whoever does makes sure that the run before has settled.`,
    told: [
      ...begun,
      created(
        chatbotPlan({
          warnings: [
            'INC-1.r1 ended 12 min ago; make sure that its changes have settled. Automatic starts are held back until 03:30 UTC.',
          ],
        }),
      ),
    ],
  },
  {
    id: 'reminded',
    title: 'People were reminded that it waits',
    now: DECIDE,
    told: [...begun, created(plan), [372, { type: 'plan.reminded', planId: 'INC-1.p1', count: 1 }]],
    seen: 380,
  },
  {
    id: 'instead',
    title: 'A plan that takes the place of a run',
    now: 'A commander other than the requester approves or rejects it.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      failed('promote', 220, 'rds.quota', quota),
      created(instead, 230),
    ],
    seen: 240,
    plan: 'INC-1.p2',
  },
  {
    id: 'instead-approved',
    title: 'A plan that takes the place of a run, approved',
    now: 'Nothing. It starts when the run before has ended.',
    told: [
      ...pastFence(plan),
      started('promote', 184),
      created(instead, 230),
      [
        250,
        { type: 'plan.approved', planId: 'INC-1.p2', hash: instead.hash, by: COMMANDER, signed: [], replaces: RUN },
      ],
      aborted(250, 'replaced by INC-1.p2'),
    ],
    seen: 251,
    plan: 'INC-1.p2',
  },
  {
    id: 'undo',
    title: 'The plan of an undo',
    now: DECIDE,
    told: [
      ...pastFence(plan),
      aborted(210),
      finished(211, 'aborted'),
      created(undoPlan({ warnings: ['“Promote the replica” stays: it cannot be taken back.'] }), 240),
    ],
    seen: 250,
    plan: 'INC-1.p2',
  },
  {
    id: 'undo-expired',
    title: 'The plan of an undo expired',
    now: 'Ask for it again.',
    told: [
      ...pastFence(plan),
      aborted(210),
      finished(211, 'aborted'),
      created(undoPlan(), 240),
      [3840, { type: 'plan.expired', planId: 'INC-1.p2' }],
    ],
    seen: 4000,
    plan: 'INC-1.p2',
  },
  {
    id: 'thousand',
    title: 'A thousand steps, nested',
    now: DECIDE,
    told: [...begun, created(nested)],
  },
];
