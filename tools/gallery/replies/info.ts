import type { IncidentState } from '../../../src/domain/incident-state.ts';
import type { UseCases } from '../../../src/usecases/index.ts';
import type { RunbookListing } from '../../../src/usecases/list-runbooks.ts';
import { summarize } from '../../../src/usecases/status.ts';
import { at } from '../chatbot-plan.ts';
import {
  aborted,
  aborting,
  approving,
  asking,
  BYSTANDER,
  between,
  expired,
  guardFailed,
  halfway,
  paused,
  planFailed,
  planning,
  recovered,
  refused,
  rejected,
  resolved,
  underWay,
  waiting,
} from '../incidents.ts';
import { BEHIND, CRASHING, choosing, looked } from '../other-plans.ts';
import { story } from '../story.ts';
import { CONTROLLED } from './controlled.ts';
import type { Scene } from './scene.ts';

const statusOf = (...states: IncidentState[]): Partial<UseCases> => ({
  status: async () => ({
    incidents: states.map((state) => summarize(state, at(300))),
    quiet: [],
    coolDowns: [],
    watches: [],
    problems: [],
  }),
});

const RUNBOOKS: RunbookListing[] = [
  {
    id: 'region-failover',
    title: 'Primary region failure',
    severity: 'P0',
    mode: ['emergency', 'planned'],
    params: { to: { type: 'region', default: 'us-west-2' } },
  },
  { id: 'database-failure', title: 'Database failure', severity: 'P1', mode: ['emergency'], params: {} },
  {
    id: 'diagnosis',
    title: 'What is wrong with the service',
    severity: 'P2',
    mode: ['emergency'],
    params: {},
    readOnly: true,
  },
];

/** How things stand. */
export const INFO: Scene[] = [
  { id: 'help', title: 'What a requester may do', now: 'Choose.', typed: 'help' },
  { id: 'help-bystander', title: 'What a bystander may do', now: 'Choose.', typed: '', by: BYSTANDER },
  {
    id: 'run-list',
    title: 'The runbooks of a system',
    now: 'Take one.',
    typed: 'run chatbot',
    with: { runbooks: () => RUNBOOKS },
  },
  {
    id: 'run-list-none',
    title: 'A system without a runbook that can be used',
    now: 'See what is wrong with them.',
    typed: 'run chatbot',
    with: { runbooks: () => [] },
  },
  {
    id: 'status-looked',
    title: 'A run only looked, and found things',
    now: 'Ask for what is proposed, or end the incident.',
    typed: 'status INC-1',
    with: statusOf(story(...looked(CRASHING, BEHIND)).state),
  },
  {
    id: 'status-choose',
    title: 'A person must choose',
    now: 'Answer with one of the commands.',
    typed: 'status INC-1',
    with: statusOf(story(...choosing()).state),
  },
  { id: 'status-quiet', title: 'Nothing is going on', now: 'Nothing.', typed: 'status' },
  {
    id: 'status-waiting',
    title: 'A plan waits',
    now: 'Somebody other than the requester approves plan INC-1.p1.',
    typed: 'status',
    with: statusOf(waiting),
  },
  {
    id: 'status-approving',
    title: 'Somebody is approving',
    now: 'Nothing.',
    typed: 'status',
    with: statusOf(approving),
  },
  {
    id: 'status-person',
    title: 'A person must check',
    now: 'Sign in as a test user, look at the logs, and answer yes or no.',
    typed: 'status',
    with: statusOf(asking),
  },
  {
    id: 'status-several',
    title: 'Two incidents are open',
    now: 'Somebody other than the requester approves INC-1.p1; a commander decides on the paused run.',
    typed: 'status',
    with: statusOf(waiting, paused),
  },
  { id: 'status-running', title: 'A run is under way', now: 'Nothing.', typed: 'status', with: statusOf(underWay) },
  {
    id: 'status-paused',
    title: 'A run is paused',
    now: 'A commander retries, skips or aborts.',
    typed: 'status',
    with: statusOf(paused),
  },
  {
    id: 'status-recovered',
    title: 'A run has recovered',
    now: 'End the incident when it is over.',
    typed: 'status',
    with: statusOf(recovered),
  },
  {
    id: 'status-broken',
    title: 'A runbook cannot be used',
    now: 'Mend the runbook at the line named.',
    typed: 'status',
    with: {
      status: async () => ({
        incidents: [],
        quiet: ['chatbot'],
        coolDowns: [],
        watches: [],
        problems: [
          'eden/region-failover.yaml:31:9: there is no action rds.promot-replica. Did you mean rds.promote-replica?',
        ],
      }),
    },
  },
  {
    id: 'status-planning',
    title: 'The plan is being made',
    now: 'Nothing.',
    typed: 'status',
    with: statusOf(planning),
  },
  {
    id: 'status-plan-failed',
    title: 'No plan could be made',
    now: 'Mend the credentials of AWS, then ask for the plan again.',
    typed: 'status',
    with: statusOf(planFailed),
  },
  {
    id: 'status-refused',
    title: 'The plan was refused',
    now: 'Mend what the plan names, then ask for a new one.',
    typed: 'status',
    with: statusOf(refused),
  },
  {
    id: 'status-rejected',
    title: 'The plan was rejected',
    now: 'Make a new plan.',
    typed: 'status',
    with: statusOf(rejected),
  },
  {
    id: 'status-expired',
    title: 'The plan expired',
    now: 'Make a new plan.',
    typed: 'status',
    with: statusOf(expired),
  },
  { id: 'status-between', title: 'Between two steps', now: 'Nothing.', typed: 'status', with: statusOf(between) },
  {
    id: 'status-guard',
    title: 'A guard failed in the run',
    now: 'A commander retries when the replica has caught up, or aborts.',
    typed: 'status',
    with: statusOf(guardFailed),
  },
  {
    id: 'status-aborting',
    title: 'A run is being aborted',
    now: 'Nothing yet.',
    typed: 'status',
    with: statusOf(aborting),
  },
  {
    id: 'status-aborted',
    title: 'A run was aborted while writes are stopped',
    now: 'Allow writes on the old primary again, as the board says, or make a new plan.',
    typed: 'status',
    with: statusOf(aborted),
  },
  {
    id: 'status-failed',
    title: 'A run failed after the promotion',
    now: 'Make a new plan, which goes on from there; override its first guard.',
    typed: 'status',
    with: statusOf(halfway),
  },
  ...CONTROLLED,
  {
    id: 'status-resolved',
    title: 'An incident that is resolved',
    now: 'Nothing.',
    typed: 'status INC-1',
    with: statusOf(resolved),
  },
];
