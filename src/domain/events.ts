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

/** How a plan was asked for. */
const AskedFor = z.object({ mode: Mode, to: z.string().optional(), reason: z.string().optional() });
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
    /** Who is paged when; copied from system.yaml so that a later edit changes nothing here. */
    tiers: z.array(z.object({ tier: z.number(), afterSeconds: z.number(), action: z.string(), contact: z.string() })),
  }),
  z.object({ type: z.literal('incident.resolved'), by: Person }),

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
  }),
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
  }),
  /** Execution. */
  z.object({
    type: z.literal('step.failed'),
    runId: z.string(),
    step: z.string(),
    attempt: z.number(),
    error: failure,
    changes,
  }),
  /** Execution: `if` was false. */
  z.object({ type: z.literal('step.left-out'), runId: z.string(), step: z.string() }),
  z.object({ type: z.literal('step.retry-requested'), runId: z.string(), step: z.string(), by: Person }),
  z.object({ type: z.literal('step.skipped'), runId: z.string(), step: z.string(), by: Person, reason: z.string() }),
  z.object({
    type: z.literal('step.answered'),
    runId: z.string(),
    step: z.string(),
    by: Person,
    confirmed: z.boolean(),
  }),
  z.object({ type: z.literal('run.abort-requested'), runId: z.string(), by: Person, reason: z.string().optional() }),
  /** Execution. */
  z.object({
    type: z.literal('run.finished'),
    runId: z.string(),
    outcome: z.enum(['recovered', 'recovered with exceptions', 'failed', 'aborted']),
    exceptions: z.array(z.string()),
  }),

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
