import { aboutAbort } from '../../../src/usecases/abort.ts';
import { chatbotPlan, refusedPlan } from '../chatbot-plan.ts';
import { access, between, journalOf, open } from '../incidents.ts';
import { choicePlan, diagnosisPlan } from '../other-plans.ts';
import { APPROVER, COMMANDER, RUN } from '../story.ts';
import type { Scene } from './scene.ts';

/** What was done, or begun. */
export const DONE: Scene[] = [
  {
    id: 'failover',
    title: 'A plan was made',
    now: 'Find somebody else who approves plan INC-1.p1.',
    typed: 'failover chatbot',
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: open,
        joined: false,
        usersServed: false,
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'run',
    title: 'A plan of a runbook was made',
    now: 'Find somebody else who approves plan INC-1.p1.',
    typed: 'run chatbot/database-failure wait=3m --reason "sign-in fails"',
    with: {
      start: async () => ({
        incident: 'INC-1',
        plan: choicePlan({ title: 'Database failure' }),
        joined: false,
        usersServed: false,
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'run-looks',
    title: 'A runbook that only looks was started',
    now: 'Nothing. The board says what it finds.',
    typed: 'run chatbot/diagnosis',
    with: {
      start: async () => ({
        incident: 'INC-1',
        plan: diagnosisPlan(),
        joined: false,
        runId: RUN,
        usersServed: true,
        mayApprove: [],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'answer',
    title: 'A question was answered',
    now: 'Nothing. The run goes on.',
    typed: 'answer INC-1.r1 point 2026-03-01T02:55:00Z',
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
        usersServed: false,
        mayApprove: [],
        waitedAlready: false,
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
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: open,
        joined: true,
        usersServed: false,
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: false,
      }),
    },
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
        fresh: refusedPlan('standby', 'ready false', 'Only an available one.', { id: 'INC-1.p2' }),
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
