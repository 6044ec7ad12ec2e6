import type { IncidentState } from '../../src/domain/incident-state.ts';
import { aboutAbort } from '../../src/usecases/abort.ts';
import type { UseCases } from '../../src/usecases/index.ts';
import { interpret } from '../../src/usecases/interpret.ts';
import { summarize } from '../../src/usecases/status.ts';
import { callerOf, REFERENCE, replyExhibit } from './answer.ts';
import { at, chatbotPlan, refusedPlan } from './chatbot-plan.ts';
import {
  aborted,
  aborting,
  access,
  approving,
  asking,
  BYSTANDER,
  between,
  expired,
  guardFailed,
  halfway,
  journalOf,
  open,
  paused,
  planFailed,
  planning,
  recovered,
  refused,
  rejected,
  resolved,
  underWay,
  waiting,
} from './incidents.ts';
import type { Exhibit, ExhibitGroup } from './item.ts';
import { APPROVER, COMMANDER, REQUESTER, RUN } from './story.ts';

/** Use cases that give what the scene needs, and read nothing. */
const useCases = (more: Partial<UseCases>): UseCases => {
  const nothing = () => Promise.reject(new Error('this scene does not use it'));
  return {
    failover: nothing,
    approve: nothing,
    reject: async () => ({ planId: 'INC-1.p1', withdrawn: false }),
    abort: async () => ({ incident: 'INC-1', runId: RUN }),
    aboutAbort: (input) => aboutAbort({ journal: journalOf(underWay), access }, input),
    retry: async () => undefined,
    skip: async () => undefined,
    answer: async () => undefined,
    resolve: async () => ({ incident: 'INC-1', ran: true, recovered: true, exceptions: [] }),
    status: async () => ({ incidents: [], quiet: ['chatbot'], problems: [] }),
    ...more,
  };
};

interface Scene {
  id: string;
  title: string;
  now: string;
  /** As it is typed, without `/dr`. */
  typed: string;
  by?: string;
  with?: Partial<UseCases>;
}

const statusOf = (...states: IncidentState[]): Partial<UseCases> => ({
  status: async () => ({ incidents: states.map((state) => summarize(state, at(300))), quiet: [], problems: [] }),
});

const DONE: Scene[] = [
  {
    id: 'failover',
    title: 'A plan was made',
    now: 'Find somebody else who approves plan INC-1.p1.',
    typed: 'failover chatbot',
    with: { failover: async () => ({ incident: 'INC-1', plan: open, joined: false }) },
  },
  {
    id: 'failover-refused',
    title: 'The plan that was made cannot be approved',
    now: 'Mend what the guard names, then ask again.',
    typed: 'failover chatbot',
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300. Bring the primary back.'),
        joined: true,
      }),
    },
  },
  {
    id: 'approve',
    title: 'The approver is told',
    now: 'Nothing. The board shows the run.',
    typed: 'approve INC-1.p1',
    by: APPROVER,
    with: { approve: async () => ({ status: 'approved', runId: RUN, plan: open }) },
  },
  {
    id: 'approve-voided',
    title: 'What the plan was made from has changed',
    now: 'Look at plan INC-1.p2 and decide again.',
    typed: 'approve INC-1.p1',
    by: APPROVER,
    with: {
      approve: async () => ({
        status: 'voided',
        difference: ['"Promote the replica": status was available and is modifying now.'],
        fresh: chatbotPlan({ id: 'INC-1.p2' }),
      }),
    },
  },
  { id: 'reject', title: 'A plan was rejected', now: 'Nothing.', typed: 'reject INC-1.p1', by: APPROVER },
  { id: 'confirm', title: 'A person confirmed', now: 'Nothing.', typed: `confirm ${RUN} sign-in`, by: APPROVER },
  {
    id: 'decline',
    title: 'A person declined',
    now: 'A commander decides on the board.',
    typed: `decline ${RUN} sign-in`,
    by: APPROVER,
  },
  { id: 'retry', title: 'A step is tried again', now: 'Nothing.', typed: `retry ${RUN} promote`, by: COMMANDER },
  {
    id: 'skip',
    title: 'A step is skipped',
    now: 'Nothing.',
    typed: `skip ${RUN} promote --reason "promoted by hand"`,
    by: COMMANDER,
  },
  {
    id: 'abort-asks',
    title: 'A typed abort asks first',
    now: 'Press the button to abort, or do nothing to let the run go on.',
    typed: 'abort the primary is back',
    by: COMMANDER,
  },
  {
    id: 'abort',
    title: 'The run is being aborted',
    now: 'Nothing yet; read the board.',
    typed: 'abort --yes',
    by: COMMANDER,
  },
  { id: 'resolve', title: 'The incident is resolved', now: 'Nothing.', typed: 'resolve', by: COMMANDER },
  {
    id: 'resolve-exceptions',
    title: 'Resolved, with exceptions left',
    now: 'Fence the old primary before it comes back, and create a replica.',
    typed: 'resolve',
    by: COMMANDER,
    with: {
      resolve: async () => ({ incident: 'INC-1', ran: true, recovered: true, exceptions: ['unfenced', 'unprotected'] }),
    },
  },
  {
    id: 'resolve-unrecovered',
    title: 'Resolved although nothing recovered',
    now: 'Nothing more is done by itself.',
    typed: 'resolve',
    by: COMMANDER,
    with: { resolve: async () => ({ incident: 'INC-1', ran: true, recovered: false, exceptions: [] }) },
  },
  {
    id: 'resolve-untouched',
    title: 'Resolved without a run',
    now: 'Nothing.',
    typed: 'resolve',
    by: COMMANDER,
    with: { resolve: async () => ({ incident: 'INC-1', ran: false, recovered: false, exceptions: [] }) },
  },
  {
    id: 'failover-joined',
    title: 'A plan was made in an incident that is open already',
    now: 'Find somebody else who approves plan INC-1.p1.',
    typed: 'failover chatbot',
    with: { failover: async () => ({ incident: 'INC-1', plan: open, joined: true }) },
  },
  {
    id: 'approve-voided-refused',
    title: 'What the plan was made from has changed, and the new one is refused',
    now: 'Look at plan INC-1.p2 for what has to be mended.',
    typed: 'approve INC-1.p1',
    by: APPROVER,
    with: {
      approve: async () => ({
        status: 'voided',
        difference: ['"The replica is in service" no longer holds (measured: status rebooting).'],
        fresh: refusedPlan('standby-database', 'status rebooting', 'Only an available one.', { id: 'INC-1.p2' }),
      }),
    },
  },
  {
    id: 'approve-voided-newer',
    title: 'What the plan was made from has changed, and somebody made a newer one',
    now: 'Decide on the newer plan.',
    typed: 'approve INC-1.p1',
    by: APPROVER,
    with: {
      approve: async () => ({
        status: 'voided',
        difference: ['"Move the DNS record": record was changed.'],
        fresh: undefined,
      }),
    },
  },
  {
    id: 'withdraw',
    title: 'A plan was withdrawn',
    now: 'Nothing.',
    typed: 'reject INC-1.p1',
    with: { reject: async () => ({ planId: 'INC-1.p1', withdrawn: true }) },
  },
  {
    id: 'abort-asks-before',
    title: 'A typed abort asks first, before anything was changed',
    now: 'Press the button to abort, or do nothing to let the run go on.',
    typed: 'abort INC-1',
    by: COMMANDER,
    with: { aboutAbort: (input) => aboutAbort({ journal: journalOf(between), access }, input) },
  },
];

const INFO: Scene[] = [
  { id: 'help', title: 'What a requester may do', now: 'Choose.', typed: 'help' },
  { id: 'help-bystander', title: 'What a bystander may do', now: 'Choose.', typed: '', by: BYSTANDER },
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
    now: 'Finish by hand; no new plan can be made.',
    typed: 'status',
    with: statusOf(halfway),
  },
  {
    id: 'status-resolved',
    title: 'An incident that is resolved',
    now: 'Nothing.',
    typed: 'status INC-1',
    with: statusOf(resolved),
  },
];

export async function replyGroups(): Promise<ExhibitGroup[]> {
  const acknowledged = [
    acknowledgement('failover chatbot', 'The request was recorded', 'Nothing. The plan follows within seconds.'),
    acknowledgement('approve INC-1.p1', 'The approval was recorded', 'Nothing. The answer follows within seconds.'),
  ];
  const informed: Exhibit[] = [];
  for (const scene of INFO) informed.push(await carriedOut(scene));
  const done: Exhibit[] = [];
  for (const scene of DONE) done.push(await carriedOut(scene));
  return [
    { title: 'Answers to one person: how things stand', exhibits: informed },
    { title: 'Answers to one person: what was done', exhibits: [...acknowledged, ...done] },
  ];
}

/** Said within a second, before anything is read. */
function acknowledgement(typed: string, title: string, now: string): Exhibit {
  const meant = interpret({ id: REFERENCE, text: typed }, callerOf(APPROVER));
  if ('reply' in meant) throw new Error(meant.reply.text);
  const reply = meant.command.acknowledge?.(meant.args, 'typed');
  if (!reply) throw new Error(`${typed} is answered with nothing at once`);
  return replyExhibit({ id: `${meant.command.verb}-at-once`, title, now }, reply, meant.command.verb);
}

async function carriedOut({ id, title, now, typed, by = REQUESTER, with: given = {} }: Scene): Promise<Exhibit> {
  const caller = callerOf(by);
  const meant = interpret({ id: REFERENCE, text: typed }, caller);
  if ('reply' in meant) return replyExhibit({ id, title, now }, meant.reply, typed.split(' ')[0]);
  const reply = await meant.command.run({ ...caller, at: at(60), useCases: useCases(given) }, meant.args);
  return replyExhibit({ id, title, now }, reply, meant.command.verb);
}
