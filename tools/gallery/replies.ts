import { COMMANDS } from '../../commands/index.ts';
import { replyMessage } from '../../src/blocks/reply.ts';
import { Permanent, Retryable } from '../../src/domain/errors.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Access } from '../../src/domain/system.ts';
import { aboutAbort, requestAbort } from '../../src/usecases/abort.ts';
import { assertMayApprove } from '../../src/usecases/approve.ts';
import type { Caller } from '../../src/usecases/command.ts';
import type { UseCases } from '../../src/usecases/index.ts';
import { interpret } from '../../src/usecases/interpret.ts';
import { failed } from '../../src/usecases/problems.ts';
import { rejectPlan } from '../../src/usecases/reject.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { resolveIncident } from '../../src/usecases/resolve.ts';
import { summarize } from '../../src/usecases/status.ts';
import { decideAnswer, decideRetry, decideSkip } from '../../src/usecases/steps.ts';
import { chatbot } from '../../test/support/incident.ts';
import { at, chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import {
  APPROVER,
  aborted,
  begun,
  COMMANDER,
  created,
  fenced,
  finished,
  guardsPassed,
  promoted,
  REQUESTER,
  RUN,
  restored,
  running,
  started,
  failed as stepFailed,
  story,
  type Told,
  unfenced,
} from './story.ts';

const BYSTANDER = 'U0BYSTANDER';
const access: Access = {
  chatbot: { start: [REQUESTER, APPROVER, COMMANDER], approve: [REQUESTER, APPROVER, COMMANDER], command: [COMMANDER] },
};
const REFERENCE = '1772334241409.e4acca15-a55c-4dbc-b617-c4e31a0c951e';
const plan = chatbotPlan();
const open = unfencedPlan();

/** Incidents in the states that answers speak of. */
const waiting = story(...begun, created(open)).state;
const underWay = story(...running(plan), ...guardsPassed, ...fenced(plan), started('promote', 184)).state;
const paused = story(
  ...running(plan),
  ...guardsPassed,
  ...fenced(plan),
  started('promote', 184),
  stepFailed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
).state;
const approving = story(...begun, created(open), [
  299,
  { type: 'plan.approval-begun', planId: 'INC-1.p1', by: APPROVER },
]).state;
const toBeChecked: Told[] = [
  ...running(open),
  ...guardsPassed,
  ...unfenced,
  ...promoted(open),
  ...restored(open),
  started('sign-in', 577),
];
const asking = story(...toBeChecked).state;
const recovered = story(...toBeChecked, finished(640, 'recovered with exceptions', ['unfenced', 'unprotected'])).state;
const aborting = story(...running(plan), ...guardsPassed, aborted(169)).state;
const resolved = story(...begun, [100, { type: 'incident.resolved', by: COMMANDER }]).state;
const refused = story(...begun, created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.'))).state;
const expired = story(...begun, created(open), [3672, { type: 'plan.expired', planId: 'INC-1.p1' }]).state;

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

/** A journal that holds one incident; what a use case reads from it before it asks. */
function journalOf(state: IncidentState): Parameters<typeof aboutAbort>[0]['journal'] {
  const reading = { state: async () => state, openIncidents: async () => [state.id] };
  return reading as Partial<Parameters<typeof aboutAbort>[0]['journal']> as Parameters<typeof aboutAbort>[0]['journal'];
}

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
];

/** What is refused before anything is read. */
const MISTYPED: [id: string, title: string, typed: string, by: string, now: string][] = [
  ['verb', 'A mistyped verb', 'failovr chatbot', REQUESTER, 'Press the button if that was meant.'],
  ['verb-unknown', 'A verb that is nothing', 'xyzzy', REQUESTER, 'Look at what there is.'],
  ['system', 'A mistyped system', 'failover chatbto', REQUESTER, 'Type it again with chatbot.'],
  ['missing', 'A missing argument', 'failover', REQUESTER, 'Type it again with a system.'],
  ['flag', 'A mistyped flag', 'failover chatbot --moed planned', REQUESTER, 'Type it again with --mode.'],
  ['role', 'Somebody who may not', 'failover chatbot', BYSTANDER, 'Ask one of those who may.'],
  ['role-anywhere', 'Somebody who may not abort', 'abort', REQUESTER, 'Ask the commander.'],
  [
    'quote',
    'An open quotation mark',
    'failover chatbot --reason "we',
    REQUESTER,
    'Type it again with the quotation closed.',
  ],
];

/** What is refused by what stands in the journal. */
const LATE: [id: string, title: string, verb: string, now: string, decide: () => unknown][] = [
  [
    'own',
    'One approves their own plan',
    'approve',
    'Find a second person.',
    () => assertMayApprove(access, waiting, { planId: 'INC-1.p1', user: REQUESTER }),
  ],
  [
    'approve-role',
    'A bystander approves',
    'approve',
    'Ask one of those who may.',
    () => assertMayApprove(access, waiting, { planId: 'INC-1.p1', user: BYSTANDER }),
  ],
  [
    'approve-late',
    'A plan is approved twice',
    'approve',
    'Nothing: it runs.',
    () => assertMayApprove(access, underWay, { planId: 'INC-1.p1', user: COMMANDER }),
  ],
  [
    'approve-refused',
    'A refused plan is approved',
    'approve',
    'Mend what it names, then ask for a new plan.',
    () => assertMayApprove(access, refused, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'approve-expired',
    'An expired plan is approved',
    'approve',
    'Ask for a new plan.',
    () => assertMayApprove(access, expired, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'approve-unknown',
    'A plan that there is not',
    'approve',
    'Take the plan that there is.',
    () => assertMayApprove(access, waiting, { planId: 'INC-1.p7', user: APPROVER }),
  ],
  [
    'reject-late',
    'A plan under way is rejected',
    'reject',
    'Abort the run if it must stop.',
    () => rejectPlan(access, underWay, { planId: 'INC-1.p1', user: COMMANDER }),
  ],
  [
    'abort-nothing',
    'There is no run to abort',
    'abort',
    'Reject the plan if it must not run.',
    () => requestAbort(access, waiting, { user: COMMANDER }),
  ],
  [
    'abort-late',
    'A run is aborted twice',
    'abort',
    'Nothing: it is being aborted.',
    () =>
      requestAbort({ ...access, chatbot: { start: [], approve: [], command: ['U0OTHER'] } }, aborting, {
        user: 'U0OTHER',
      }),
  ],
  [
    'resolve-late',
    'An incident is resolved twice',
    'resolve',
    'Nothing: it is resolved.',
    () => resolveIncident(access, resolved, APPROVER),
  ],
  [
    'resolve-running',
    'An incident is resolved while a run is under way',
    'resolve',
    'Let the run end, or abort it.',
    () => resolveIncident(access, underWay, COMMANDER),
  ],
  [
    'retry-running',
    'A step that did not fail is retried',
    'retry',
    'Nothing: it is running.',
    () => decideRetry(access, underWay, { user: COMMANDER, runId: RUN, step: 'promote' }),
  ],
  [
    'retry-unknown',
    'A step that there is not',
    'retry',
    'Take the step that was meant.',
    () => decideRetry(access, paused, { user: COMMANDER, runId: RUN, step: 'promot' }),
  ],
  [
    'skip-guard',
    'A guard is skipped',
    'skip',
    'Mend what it protects, or abort.',
    () => decideSkip(access, guardFailed(), { user: COMMANDER, runId: RUN, step: 'loss', reason: 'hurry' }),
  ],
  [
    'answer-nobody-asked',
    'A step that asks nobody is answered',
    'confirm',
    'Nothing.',
    () => decideAnswer(access, underWay, { user: APPROVER, runId: RUN, step: 'promote', confirmed: true }),
  ],
];

function guardFailed(): IncidentState {
  return story(...running(open), ...guardsPassed.slice(0, -1), stepFailed('loss', 168, 'guard.failed', 'no')).state;
}

const FAILURES: [id: string, title: string, error: unknown, now: string][] = [
  ['retryable', 'AWS throttles', new Retryable('aws.throttled', 'AWS asks to wait.'), 'Try again in a moment.'],
  [
    'permanent',
    'AWS refuses the credentials',
    new Permanent('aws.denied', 'AWS refuses the credentials of us-west-2 (ExpiredToken).'),
    'Mend the credentials, then ask again.',
  ],
  [
    'unexpected',
    'Lifeboat itself failed',
    new TypeError('x is not a function'),
    'See what stands, then ask again; report it.',
  ],
];

export async function replyGroups(): Promise<ExhibitGroup[]> {
  const told: Exhibit[] = [];
  for (const scene of [...INFO, ...DONE]) told.push(await carriedOut(scene));
  return [
    { title: 'Answers to one person', exhibits: [acknowledged(), ...told] },
    { title: 'Refusals', exhibits: [...MISTYPED.map(refusedAtOnce), ...LATE.map(refusedByState)] },
    { title: 'Failures', exhibits: FAILURES.map(failure) },
  ];
}

const callerOf = (user: string): Caller => ({
  user,
  source: 'slack',
  access,
  systems: new Map([['chatbot', chatbot]]),
  commands: COMMANDS,
});

/** Said within a second, before anything is read. */
function acknowledged(): Exhibit {
  const meant = interpret({ id: REFERENCE, text: 'failover chatbot' }, callerOf(REQUESTER));
  if ('reply' in meant) throw new Error(meant.reply.text);
  const reply = meant.command.acknowledge?.(meant.args, 'typed');
  if (!reply) throw new Error('failover says nothing at once');
  return exhibit('failover-at-once', 'The request was recorded', 'Nothing. The plan follows within seconds.', reply);
}

async function carriedOut({ id, title, now, typed, by = REQUESTER, with: given = {} }: Scene): Promise<Exhibit> {
  const caller = callerOf(by);
  const meant = interpret({ id: REFERENCE, text: typed }, caller);
  if ('reply' in meant) return exhibit(id, title, now, meant.reply, typed.split(' ')[0]);
  const reply = await meant.command.run({ ...caller, at: at(60), useCases: useCases(given) }, meant.args);
  return exhibit(id, title, now, reply, meant.command.verb);
}

function refusedAtOnce([id, title, typed, by, now]: (typeof MISTYPED)[number]): Exhibit {
  const meant = interpret({ id: REFERENCE, text: typed }, callerOf(by));
  if (!('reply' in meant)) throw new Error(`${typed} was not refused`);
  return exhibit(`refused-${id}`, title, now, meant.reply);
}

function refusedByState([id, title, verb, now, decide]: (typeof LATE)[number]): Exhibit {
  try {
    decide();
  } catch (error) {
    return exhibit(`refused-${id}`, title, now, replyTo(error, verb), verb);
  }
  throw new Error(`${id} was not refused`);
}

function failure([id, title, error, now]: (typeof FAILURES)[number]): Exhibit {
  return exhibit(`failed-${id}`, title, now, replyTo(error, 'failover'));
}

function replyTo(error: unknown, verb: string): Reply {
  const command = COMMANDS.find((candidate) => candidate.verb === verb);
  if (!command) throw new Error(`there is no ${verb}`);
  return failed(error, { id: REFERENCE, notDone: command.notDone });
}

function exhibit(id: string, title: string, now: string, reply: Reply, verb?: string): Exhibit {
  const shown = item({ id: `reply-${id}`, title, now, kind: 'ephemeral' }, replyMessage(reply));
  return { item: shown, reply, ...(verb ? { verb } : {}) };
}
