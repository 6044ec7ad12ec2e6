import type { Change, Json } from '../../src/domain/action.ts';
import type { Difference, IncidentEvent, JournalEntry } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { declared } from '../../test/support/incident.ts';
import { at, chatbotPlan, unfencedPlan } from './chatbot-plan.ts';

export const RUN = 'INC-1.r1';
export const COMMANDER = 'U0COMMANDER';
export const APPROVER = 'U0APPROVER';
export const REQUESTER = 'U0REQUESTER';

/** An event, and how many seconds after detection it happened. */
export type Told = [seconds: number, event: IncidentEvent];

/** What happened, in order, as a journal and as the state that it folds to. */
export function story(...told: Told[]): { journal: JournalEntry[]; state: IncidentState } {
  const journal = told.map(
    ([seconds, event], index): JournalEntry => ({
      incident: 'INC-1',
      sequence: index + 1,
      at: at(seconds),
      event,
      hash: String(index + 1),
    }),
  );
  const state = foldIncident(journal);
  if (!state) throw new Error('the story has no beginning');
  return { journal, state };
}

export const declaration: Told = [
  60,
  {
    ...(declared as IncidentEvent & { type: 'incident.declared' }),
    title: 'AI Chatbot: Primary region failure',
    reason: 'users see errors',
  },
];
export const paged: Told[] = [
  [61, { type: 'escalation.reached', tier: 1, action: 'Primary on-call engineer', contact: 'SRE rotation' }],
  [62, { type: 'page.accepted', tier: 1 }],
];
export const begun: Told[] = [declaration, ...paged];
export const created = (plan: Plan, seconds = 72): Told => [seconds, { type: 'plan.created', plan }];
export const approvalBegun: Told = [164, { type: 'plan.approval-begun', planId: 'INC-1.p1', by: APPROVER }];

export const approvedAt = (plan: Plan, seconds = 166): Told[] => {
  const signed = plan.signatures.map(({ kind, subject }) => `${kind}:${subject}`);
  return [
    approvalBegun,
    [seconds, { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: APPROVER, signed }],
    [seconds, { type: 'run.started', runId: RUN, planId: plan.id, locks: ['system/chatbot'] }],
  ];
};

/** An incident whose plan was approved and whose run has begun. */
export const running = (plan: Plan = chatbotPlan()): Told[] => [...begun, created(plan), ...approvedAt(plan)];

export const started = (step: string, seconds: number, attempt = 1): Told => [
  seconds,
  { type: 'step.started', runId: RUN, step, attempt, operationId: `${RUN}.${step}` },
];

export const succeeded = (
  step: string,
  seconds: number,
  more: { outputs?: Record<string, Json>; changes?: Change[]; exceptions?: ('unfenced' | 'unprotected')[] } = {},
): Told => {
  const { outputs = {}, changes = [], exceptions = [] } = more;
  return [seconds, { type: 'step.succeeded', runId: RUN, step, attempt: 1, outputs, changes, exceptions }];
};

export const failed = (step: string, seconds: number, code: string, message: string): Told => [
  seconds,
  { type: 'step.failed', runId: RUN, step, attempt: 1, error: { code, message }, changes: [] },
];

export const aborted = (seconds: number, reason?: string): Told => [
  seconds,
  { type: 'run.abort-requested', runId: RUN, by: COMMANDER, ...(reason === undefined ? {} : { reason }) },
];

export const finished = (
  seconds: number,
  outcome: 'recovered' | 'recovered with exceptions' | 'finished' | 'failed' | 'aborted',
  exceptions: string[] = [],
): Told => [seconds, { type: 'run.finished', runId: RUN, outcome, exceptions }];

const GUARDS = [
  'outage',
  'region-status',
  'standby',
  'standby-services',
  'standby-load-balancer',
  'way-out',
  'capacity',
  'loss',
];

/** All guards hold, in the run. */
export const guardsPassed: Told[] = GUARDS.flatMap((step) => [
  started(step, 167),
  succeeded(step, 168, { outputs: step === 'loss' ? { lossSeconds: 5 } : {} }),
]);

export const changesOf = (plan: Plan, step: string): Change[] =>
  plan.steps.find(({ id }) => id === step)?.changes ?? [];

/** The old primary answers, and is fenced: the replica receives all that was written. */
const fenced = (plan: Plan): Told[] => [
  started('fence', 168),
  succeeded('fence', 174, { outputs: { fenced: true, position: '0/5000148' }, changes: changesOf(plan, 'fence') }),
  started('catch-up', 174),
  succeeded('catch-up', 179),
];

/** The old primary does not answer: it was signed for, and there is nothing to catch up with. */
export const unfenced: Told[] = [
  started('fence', 168),
  succeeded('fence', 183, { outputs: { fenced: false }, exceptions: ['unfenced'] }),
  [183, { type: 'step.left-out', runId: RUN, step: 'catch-up' }],
];

export const promoted = (plan: Plan): Told[] => [
  started('promote', 184),
  succeeded('promote', 392, { changes: changesOf(plan, 'promote'), exceptions: ['unprotected'] }),
];

/** From the promotion to users who can work again. */
export const restored = (plan: Plan): Told[] => {
  const rows: [string, number, number][] = [
    ['sign-in-again', 392, 397],
    ['write-probe', 397, 401],
    ['scale', 184, 410],
    ['connection', 410, 412],
    ['restart', 412, 505],
    ['load-balancer', 505, 512],
    ['dns', 512, 540],
    ['resolvers', 540, 575],
    ['health', 575, 577],
    ['journey', 575, 577],
    ['stored-connection', 577, 579],
    ['logs', 575, 577],
  ];
  return rows
    .flatMap(([step, from, to]) => [started(step, from), succeeded(step, to, { changes: changesOf(plan, step) })])
    .sort(([one], [other]) => one - other);
};

/** A run that is past its guards; past the fence, where the plan signs that it is left out or else with it; and so on. */
export const pastGuards = (plan: Plan): Told[] => [...running(plan), ...guardsPassed];
export const pastFence = (plan: Plan): Told[] => [
  ...pastGuards(plan),
  ...(plan.signatures.some(({ kind }) => kind === 'unfenced') ? unfenced : fenced(plan)),
];
export const pastPromotion = (plan: Plan): Told[] => [...pastFence(plan), ...promoted(plan)];
export const pastRestoration = (plan: Plan): Told[] => [...pastPromotion(plan), ...restored(plan)];

/** All is done but what a person has to check. */
export const checking: Told[] = [...pastRestoration(unfencedPlan()), started('sign-in', 577)];

/** What was seen of users, in whole seconds after detection. */
export const usersSeen = (served: boolean, since: number, seconds = since + 10): Told => [
  seconds,
  { type: 'users.seen', served, since: at(since) },
];

/** A step that is tried again by itself. */
export const attemptFailed = (step: string, seconds: number, retryAt: number, message: string, attempt = 1): Told => [
  seconds,
  {
    type: 'step.attempt-failed',
    runId: RUN,
    step,
    attempt,
    error: { code: 'aws.throttled', message },
    retryAt: at(retryAt),
  },
];

export const held = (seconds: number, reason?: string): Told => [
  seconds,
  { type: 'run.pause-requested', runId: RUN, by: COMMANDER, ...(reason === undefined ? {} : { reason }) },
];

/** A step that failed because something is not as it was approved. */
export const drifted = (step: string, seconds: number, differences: Difference[]): Told => [
  seconds,
  {
    type: 'step.failed',
    runId: RUN,
    step,
    attempt: 1,
    error: { code: 'approval.void', message: differences.map(({ sentence }) => sentence).join(' ') },
    changes: [],
    differences,
  },
];

/** The window before the promotion, which the plan must have. */
export const windowOpened = (seconds: number, until: number): Told => [
  seconds,
  { type: 'run.abort-window-opened', runId: RUN, step: 'promote', until: at(until) },
];

export const watched = (kind: 'unfenced' | 'unprotected', seconds: number): Told => [
  seconds,
  {
    type: 'watch.started',
    watch: `${RUN}/${kind}`,
    runId: RUN,
    step: kind === 'unfenced' ? 'fence' : 'promote',
    kind,
    subject: kind === 'unfenced' ? 'chatbot-prod in us-east-1' : 'chatbot-prod-replica-west in us-west-2',
  },
];
