import { LockHeld } from '../../../src/domain/errors.ts';
import type { IncidentState, RunState } from '../../../src/domain/incident-state.ts';
import { resolveParameters } from '../../../src/domain/parameters.ts';
import { aboutAbort, requestAbort } from '../../../src/usecases/abort.ts';
import { approve, assertMayApprove } from '../../../src/usecases/approve.ts';
import { assertOnePrimary } from '../../../src/usecases/check-failover.ts';
import type { UseCaseDependencies } from '../../../src/usecases/dependencies.ts';
import { type FailoverInput, failover } from '../../../src/usecases/failover.ts';
import { recordPlan } from '../../../src/usecases/record-plan.ts';
import { rejectPlan } from '../../../src/usecases/reject.ts';
import { resolveIncident } from '../../../src/usecases/resolve.ts';
import { decideAnswer, decideRetry } from '../../../src/usecases/steps.ts';
import { regionFailover } from '../../../test/support/bot.ts';
import { chatbot } from '../../../test/support/incident.ts';
import { at, chatbotPlan } from '../chatbot-plan.ts';
import {
  aborting,
  access,
  answered,
  BYSTANDER,
  expired,
  journalOf,
  paused,
  recovered,
  refused,
  resolved,
  underWay,
  waiting,
} from '../incidents.ts';
import { APPROVER, COMMANDER, REQUESTER, RUN } from '../story.ts';

const runOf = ({ run }: IncidentState): RunState => {
  if (!run) throw new Error('there is no run');
  return run;
};

const wanted: FailoverInput = { user: REQUESTER, at: at(60), system: 'chatbot', mode: 'emergency' };

/** What a failover needs until it is refused: a journal in which nothing is open, and stays so. */
const parts = {
  journal: { newestIncident: async () => undefined, open: async () => ({ id: 'INC-1' }) },
  clock: { now: () => at(60) },
  access,
  systems: new Map([['chatbot', chatbot]]),
  incidentChannel: 'incident-response',
  detectedAt: async () => undefined,
  runbook: () => regionFailover,
  runbooks: () => [],
} as unknown as UseCaseDependencies;

/** What an approval needs until the run's locks are asked for. */
const lockedParts = {
  ...parts,
  journal: {
    ...journalOf(waiting),
    decide: async (_id: string, _now: number, decide: (state: IncidentState) => { lock?: unknown }) => {
      if (decide(waiting).lock === undefined) return { state: waiting };
      throw new LockHeld({ name: 'rds/us-west-2/chatbot-prod-replica-west', owner: 'INC-9.r1', incident: 'INC-9' });
    },
  },
  makePlan: async () => waiting.plans[0]?.plan,
  planDifference: () => [],
} as unknown as UseCaseDependencies;

/** What is refused by what stands in the journal. */
export const LATE: [id: string, title: string, verb: string, now: string, decide: () => unknown][] = [
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
    'answer-nobody-asked',
    'A step that asks nobody is answered',
    'confirm',
    'Nothing.',
    () => decideAnswer(access, underWay, { user: APPROVER, runId: RUN, step: 'promote', confirmed: true }),
  ],
  [
    'approve-resolved',
    'A plan of a resolved incident is approved',
    'approve',
    'Nothing: the incident is over.',
    () => assertMayApprove(access, { ...waiting, status: 'resolved' }, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'approve-running',
    'A second plan is approved while a run is under way',
    'approve',
    'Let the run end, or abort it.',
    () => assertMayApprove(access, { ...waiting, run: runOf(underWay) }, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'approve-locked',
    'Another run holds what the plan changes',
    'approve',
    'Wait for the other run to end, then approve again.',
    () => approve(lockedParts, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'failover-running',
    'A failover is asked for while a run is under way',
    'failover',
    'Follow the run, or abort it.',
    () => recordPlan(underWay, chatbotPlan({ id: 'INC-1.p2' })),
  ],
  [
    'failover-late',
    'The incident was resolved while the plan was made',
    'failover',
    'Ask again if it is still meant.',
    () => recordPlan(resolved, chatbotPlan()),
  ],
  [
    'failover-gone',
    'The incident was resolved while it was declared',
    'failover',
    'Ask again if it is still meant.',
    () => failover(parts, wanted),
  ],
  [
    'failover-region',
    'A region that the system is not prepared for',
    'failover',
    'Ask for us-west-2.',
    () => failover(parts, { ...wanted, to: 'eu-central-1' }),
  ],
  [
    'failover-primary',
    'The region where the primary is',
    'failover',
    'Ask for us-west-2.',
    () => failover(parts, { ...wanted, to: 'us-east-1' }),
  ],
  [
    'failover-moved',
    'The region that an earlier run has moved away from',
    'failover',
    'Create a replica there first.',
    () => {
      const journal = {
        ...journalOf(recovered),
        newestIncident: async () => recovered.id,
      } as UseCaseDependencies['journal'];
      return failover({ ...parts, journal }, { ...wanted, to: 'us-east-1' });
    },
  ],
  [
    'failover-promoted',
    'Another replica was promoted earlier',
    'failover',
    'Go on with the instance that was promoted.',
    () => {
      const plan = chatbotPlan({ runbook: 'database-failure' });
      const to = { region: 'us-east-1', instance: 'chatbot-prod-replica' };
      return assertOnePrimary(
        chatbot,
        { runbook: { name: 'region-failover', params: {} }, params: {} },
        { runId: RUN, plan, to },
      );
    },
  ],
  [
    'failover-runbook',
    'The runbook cannot be used',
    'failover',
    'See what is wrong with the runbook.',
    () => failover({ ...parts, runbook: () => undefined }, wanted),
  ],
  [
    'failover-mode',
    'A mode that the runbook has not',
    'failover',
    'Ask for an emergency failover.',
    () =>
      failover(
        { ...parts, runbook: () => ({ ...regionFailover, mode: ['emergency'] }) },
        { ...wanted, mode: 'planned' },
      ),
  ],
  [
    'failover-parameter',
    'A parameter that the runbook has not',
    'failover',
    'Ask again without it.',
    () =>
      resolveParameters(
        { title: 'Primary region failure', params: { to: { type: 'region' } } },
        { too: 'x' },
        { system: chatbot, mode: 'planned' },
      ),
  ],
  [
    'incident-none',
    'Nothing is open',
    'resolve',
    'Nothing.',
    () => aboutAbort({ journal: journalOf(), access }, { user: COMMANDER }),
  ],
  [
    'incident-unknown',
    'An incident that there is not',
    'abort',
    'Take the incident that there is.',
    () => aboutAbort({ journal: journalOf(waiting), access }, { user: COMMANDER, incident: 'INC-7' }),
  ],
  [
    'incident-which',
    'Two incidents are open, and none is named',
    'abort',
    'Name the incident.',
    () => aboutAbort({ journal: journalOf(underWay, { ...underWay, id: 'INC-2' }), access }, { user: COMMANDER }),
  ],
  [
    'run-unknown',
    'A run that there is not',
    'retry',
    'Take the run that there is.',
    () => decideRetry(access, paused, { user: COMMANDER, runId: 'INC-1.r7', step: 'promote' }),
  ],
  [
    'run-ended',
    'A step is retried while the run is being aborted',
    'retry',
    'Nothing: the run ends.',
    () => decideRetry(access, aborting, { user: COMMANDER, runId: RUN, step: 'promote' }),
  ],
  [
    'answer-twice',
    'A question is answered twice',
    'decline',
    'Nothing: it is answered.',
    () => decideAnswer(access, answered, { user: REQUESTER, runId: RUN, step: 'sign-in', confirmed: false }),
  ],
  [
    'answer-early',
    'A question is answered before it is asked',
    'confirm',
    'Wait until it is asked.',
    () => decideAnswer(access, underWay, { user: APPROVER, runId: RUN, step: 'sign-in', confirmed: true }),
  ],
  [
    'retry-role',
    'Somebody who may not retry',
    'retry',
    'Ask the commander.',
    () => decideRetry(access, paused, { user: REQUESTER, runId: RUN, step: 'promote' }),
  ],
];
