import type { Plan } from '../../../src/domain/plan.ts';
import { refusedPlan } from '../chatbot-plan.ts';
import { begun, created } from '../story.ts';
import type { Scene } from './scene.ts';

/** Two guards at once, one of them not measured. */
const both = refusedPlan(
  'loss',
  'lossSeconds 612',
  'Needed: lossSeconds <= 300. Promoting now would lose more than the RPO allows.',
);
const twoGuards: Plan = {
  ...both,
  guards: both.guards.map((guard) =>
    guard.step === 'capacity'
      ? {
          ...guard,
          passed: false,
          measured: 'not measured',
          reason: 'It could not be measured: no answer within 2.5 s.',
        }
      : guard,
  ),
};

const REFUSALS: [step: string, title: string, measured: string, reason: string, now: string][] = [
  [
    'outage',
    'The service answers users',
    'healthy true',
    'Needed: healthy == false. The service answers users. An emergency failover would interrupt it; use --mode planned.',
    'Ask for a planned failover, or leave the service alone: users can reach it.',
  ],
  [
    'standby',
    'The replica is not in service',
    'ready false',
    'Needed: ready. Only an available read replica can be promoted.',
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
    'way-out',
    'Traffic can be moved nowhere',
    'way none',
    'Needed: way != "none". Route 53 does not take changes, and no routing control answers. A region that nobody is sent to helps nobody.',
    'Wait until one of the ways out answers, then ask for a new plan.',
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

/** Refused by each guard, by two, and by one that could not be measured at all. */
export const REFUSED: Scene[] = [
  ...REFUSALS.map(
    ([step, title, measured, reason, now]): Scene => ({
      id: `refused-${step}`,
      title,
      now,
      told: [...begun, created(refusedPlan(step, measured, reason))],
    }),
  ),
  {
    id: 'refused-unreachable',
    title: 'A guard could not be measured',
    now: 'See why us-west-2 does not answer, then ask for a new plan.',
    told: [
      ...begun,
      created(refusedPlan('standby-services', 'not measured', 'It could not be measured: no answer within 2.5 s.')),
    ],
  },
  {
    id: 'refused-switchover',
    title: 'The region of a global cluster cannot hand over',
    now: 'Start it as an emergency where the region is lost.',
    told: [
      ...begun,
      created(
        refusedPlan(
          'standby',
          'ready false',
          'Needed: ready. A switchover waits for the last write of chatbot-prod-cluster, and RDS does not answer in us-east-1. Wait until it is in service; where it is lost, use --mode emergency.',
        ),
      ),
    ],
  },
  {
    id: 'refused-two',
    title: 'Two guards failed',
    now: 'See why the cluster in us-west-2 does not answer, and bring the primary back; then ask for a new plan.',
    told: [...begun, created(twoGuards)],
  },
];
