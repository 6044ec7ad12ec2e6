import { z } from 'zod';
import type { Change, Json } from './action.ts';
import type { Plan } from './plan.ts';
import { Mode } from './runbook.ts';
import { Severity } from './system.ts';

const Person = z.string().min(1);
const json = z.custom<Json>((value) => value !== undefined);
const changes = z.array(z.custom<Change>((value) => typeof value === 'object' && value !== null));
const failure = z.object({ code: z.string(), message: z.string() });
export type Failure = z.infer<typeof failure>;

/**
 * One thing that is not as it was approved, or a guard that does not hold. `key` names it and, for a fact, the value it
 * has now (`guard:loss`, `fact:dns/values=["b"]`): an override accepts keys, so that another value asks again.
 */
const difference = z.object({ key: z.string(), sentence: z.string() });
export type Difference = z.infer<typeof difference>;

const Tier = z.object({ tier: z.number(), afterSeconds: z.number(), action: z.string(), contact: z.string() });

/** How a plan was asked for. */
const AskedFor = z.object({
  mode: Mode,
  /** Absent in older journals: the failover. */
  runbook: z.string().optional(),
  params: z.record(z.string(), json).optional(),
  /** Its region, in older journals. */
  to: z.string().optional(),
  reason: z.string().optional(),
});
export type AskedFor = z.infer<typeof AskedFor>;

/** Version of the events below as this release writes them. Older ones stay readable. */
export const EVENT_VERSION = 1;

/**
 * Everything that is ever appended to an incident's journal. Requests by people, alarms and timers need no lease;
 * the ones marked "execution" are appended only under the run's current epoch.
 */
export const IncidentEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('incident.declared'),
    system: z.string(),
    title: z.string(),
    severity: Severity,
    by: Person,
    channel: z.string(),
    reason: z.string().optional(),
    /** When the trouble began to be seen, world epoch milliseconds: every recovery clock starts here. */
    detectedAt: z.number(),
    /** Opened by a runbook that only looks: nothing is known to be wrong, and nobody is paged. */
    quiet: z.literal(true).optional(),
    /** Who is paged when; copied from system.yaml so that a later edit changes nothing here. */
    tiers: z.array(Tier),
  }),
  /** Something is to be changed in an incident that was opened quietly: from here on it is one like any other. */
  z.object({
    type: z.literal('incident.raised'),
    title: z.string(),
    severity: Severity,
    by: Person,
    reason: z.string().optional(),
    detectedAt: z.number(),
    tiers: z.array(Tier),
  }),
  z.object({ type: z.literal('incident.resolved'), by: Person }),
  /**
   * Whether users are served, as the observer's own looks at the system's health have it: appended when that is not what
   * the incident says already. `since` is when the looks that agree began, world epoch milliseconds.
   */
  z.object({ type: z.literal('users.seen'), served: z.boolean(), since: z.number() }),

  z.object({
    type: z.literal('plan.created'),
    plan: z.custom<Plan>((value) => typeof value === 'object' && value !== null),
  }),
  z.object({
    type: z.literal('plan.failed'),
    planId: z.string(),
    by: Person,
    error: failure,
    /** How it was asked for, so that it can be asked for again. */
    asked: AskedFor.optional(),
  }),
  /** Somebody approves; what was planned is compared with the live state first, which takes some seconds. */
  z.object({ type: z.literal('plan.approval-begun'), planId: z.string(), by: Person }),
  /** The comparison could not be made, or the run could not start: the plan waits as before. */
  z.object({ type: z.literal('plan.approval-failed'), planId: z.string(), by: Person, error: failure }),
  z.object({
    type: z.literal('plan.approved'),
    planId: z.string(),
    hash: z.string(),
    by: Person,
    /** What the approval signs for, `kind:subject`. */
    signed: z.array(z.string()),
    /** The run that is aborted first: "abort that, start mine". The new run starts when that one has ended. */
    replaces: z.string().optional(),
  }),
  /**
   * A commander passes a guard that refuses a plan, for this plan only. When no failed guard is left the plan awaits
   * approval, which is the second name: whoever overrode it may not approve it.
   */
  z.object({
    type: z.literal('plan.guard-overridden'),
    planId: z.string(),
    step: z.string(),
    by: Person,
    reason: z.string(),
    /** What was measured, and what was needed, in the words of the plan's guard. */
    measured: z.string(),
    limit: z.string(),
  }),
  /** Nobody has decided yet: people are asked again. `count` is 1 for the first reminder. */
  z.object({ type: z.literal('plan.reminded'), planId: z.string(), count: z.number() }),
  z.object({ type: z.literal('plan.rejected'), planId: z.string(), by: Person }),
  z.object({ type: z.literal('plan.voided'), planId: z.string(), difference: z.array(z.string()) }),
  z.object({ type: z.literal('plan.expired'), planId: z.string() }),

  z.object({ type: z.literal('run.started'), runId: z.string(), planId: z.string(), locks: z.array(z.string()) }),
  /** Execution. `attempt` counts from 1; `operationId` is the same for all attempts. */
  z.object({
    type: z.literal('step.started'),
    runId: z.string(),
    step: z.string(),
    attempt: z.number(),
    operationId: z.string(),
  }),
  /** Execution. */
  z.object({
    type: z.literal('step.succeeded'),
    runId: z.string(),
    step: z.string(),
    attempt: z.number(),
    outputs: z.record(z.string(), json),
    changes,
    exceptions: z.array(z.enum(['unfenced', 'unprotected'])),
    /** What an earlier step left open and this one has closed; absent: nothing. */
    closes: z.array(z.enum(['unfenced', 'unprotected'])).optional(),
    /** What it found out that a person has to know. */
    finding: z.object({ sentence: z.string(), proposal: z.string().optional() }).optional(),
  }),
  /** Execution. */
  z.object({
    type: z.literal('step.failed'),
    runId: z.string(),
    step: z.string(),
    attempt: z.number(),
    error: failure,
    changes,
    /** What an override would accept, when that is what the step failed of; absent: it cannot be overridden. */
    differences: z.array(difference).optional(),
  }),
  /** Execution: this attempt failed, and the step's retry policy tries again at `retryAt` (world epoch milliseconds). */
  z.object({
    type: z.literal('step.attempt-failed'),
    runId: z.string(),
    step: z.string(),
    attempt: z.number(),
    error: failure,
    retryAt: z.number(),
  }),
  /** Execution: all is as it was approved. From here on this irreversible step may have acted, whatever becomes of it. */
  z.object({ type: z.literal('step.cleared'), runId: z.string(), step: z.string(), attempt: z.number() }),
  /** Execution: `if` was false, or (with `reason`) the run does without it since it became an emergency. */
  z.object({
    type: z.literal('step.left-out'),
    runId: z.string(),
    step: z.string(),
    reason: z.string().optional(),
    /** What it had changed by then. */
    changes: changes.optional(),
  }),
  z.object({ type: z.literal('step.retry-requested'), runId: z.string(), step: z.string(), by: Person }),
  z.object({ type: z.literal('step.skipped'), runId: z.string(), step: z.string(), by: Person, reason: z.string() }),
  z.object({
    type: z.literal('step.answered'),
    runId: z.string(),
    step: z.string(),
    by: Person,
    confirmed: z.boolean(),
    /** What they chose or filled in. */
    value: z.string().optional(),
  }),
  /** A commander wants to go on although a guard fails or something is not as approved; it counts with a second name. */
  z.object({
    type: z.literal('step.override-requested'),
    runId: z.string(),
    step: z.string(),
    by: Person,
    reason: z.string(),
    accepts: z.array(difference),
  }),
  /** The second person: the step is tried again, and what the request accepts does not stop it in this run. */
  z.object({ type: z.literal('step.overridden'), runId: z.string(), step: z.string(), by: Person }),
  /** No new step starts until it is resumed; what runs ends. */
  z.object({ type: z.literal('run.pause-requested'), runId: z.string(), by: Person, reason: z.string().optional() }),
  z.object({ type: z.literal('run.resumed'), runId: z.string(), by: Person }),
  /** A planned run goes on as an emergency: graceful steps that have not succeeded are left out. */
  z.object({
    type: z.literal('run.mode-changed'),
    runId: z.string(),
    to: z.literal('emergency'),
    by: Person,
    reason: z.string(),
    /** What this person signs for by it, `kind:subject`, besides what the approval did. */
    signed: z.array(z.string()),
  }),
  /**
   * The first irreversible step starts at `until` (world epoch milliseconds) unless somebody aborts. Execution, or by its
   * timer, once more, when nobody was there to show it.
   */
  z.object({ type: z.literal('run.abort-window-opened'), runId: z.string(), step: z.string(), until: z.number() }),
  /** Its timer has fired. */
  z.object({ type: z.literal('run.abort-window-closed'), runId: z.string() }),
  z.object({ type: z.literal('run.abort-requested'), runId: z.string(), by: Person, reason: z.string().optional() }),
  /** Execution. */
  z.object({
    type: z.literal('run.finished'),
    runId: z.string(),
    /** `finished`: of a run that only looked, which recovers nothing. */
    outcome: z.enum(['recovered', 'recovered with exceptions', 'finished', 'failed', 'aborted']),
    exceptions: z.array(z.string()),
  }),

  /** Execution: what a run left open is looked at until somebody releases it, also after run and incident have ended. */
  z.object({
    type: z.literal('watch.started'),
    /** `INC-1.r1/unfenced`: one of each kind in a run. */
    watch: z.string(),
    runId: z.string(),
    /** The step whose action knows how to look and what to do. */
    step: z.string(),
    kind: z.enum(['unfenced', 'unprotected']),
    /** As people know it: `chatbot-prod in us-east-1`. */
    subject: z.string(),
  }),
  /** The watch found what it was waiting for and did what was signed for; people are paged. */
  z.object({ type: z.literal('watch.acted'), watch: z.string(), sentence: z.string(), changes }),
  /** It found it, but could not do it: people are paged; it goes on trying. */
  z.object({ type: z.literal('watch.failed'), watch: z.string(), error: failure }),
  /** What was left open is closed: there is a replica again. Nobody is paged. */
  z.object({ type: z.literal('watch.cleared'), watch: z.string(), sentence: z.string() }),
  z.object({ type: z.literal('watch.released'), watch: z.string(), by: Person, reason: z.string() }),
  z.object({ type: z.literal('watch.paged'), watch: z.string() }),

  /** An automatic start while a run is under way, or (then `until` says how long that is) in the cool-down after it. */
  z.object({ type: z.literal('start.held-back'), trigger: z.string(), until: z.number().optional() }),
  /** A person knows of the run that ended: automatic starts may happen again. */
  z.object({ type: z.literal('cool-down.ended'), by: Person }),

  z.object({ type: z.literal('escalation.reached'), tier: z.number(), action: z.string(), contact: z.string() }),
  z.object({ type: z.literal('page.accepted'), tier: z.number() }),
  z.object({ type: z.literal('page.failed'), tier: z.number(), error: failure }),
]);
export type IncidentEvent = z.infer<typeof IncidentEvent>;
export type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>;

/** An event as it stands in the journal of its incident. */
export interface JournalEntry {
  incident: string;
  /** 1, 2, 3 … without gaps within the incident. */
  sequence: number;
  /** World time, epoch milliseconds. */
  at: number;
  event: IncidentEvent;
  hash: string;
}
