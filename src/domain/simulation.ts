import { z } from 'zod';
import { Duration } from './duration.ts';
import { Mode } from './runbook.ts';

/**
 * What stands behind the name of the primary database when a world begins. In each there is the replica of system.yaml
 * in the other region.
 */
export const Topology = z.enum([
  /** A Multi-AZ instance: a standby in another zone that clients never see. */
  'multi-az',
  /** One instance in one zone. */
  'single-az',
  /** One instance, and a read replica `<instance>-replica` in another zone of its region. */
  'in-region-replica',
  /** An Aurora cluster `<instance>-cluster` with a writer and a reader, in a global cluster with the other region. */
  'aurora',
]);
export type Topology = z.infer<typeof Topology>;

/** A fault as people write it: `region-down:us-east-1`. */
const FaultText = z.string().min(1);

/** What happens to the world under way: so long after the trouble began, or as soon as a step is in this state. */
const Turn = z.strictObject({
  after: Duration.optional(),
  step: z.string().optional(),
  /** The step's state that is waited for; absent: `succeeded`. */
  is: z.enum(['running', 'succeeded', 'failed', 'skipped']).optional(),
  /** Faults that begin then, and those that end. */
  faults: z.array(FaultText).optional(),
  end: z.array(FaultText).optional(),
});

/** A recovery that came earlier: what was broken then works again afterwards. */
const Before = z.strictObject({
  runbook: z.string().min(1),
  mode: Mode.default('emergency'),
  faults: z.array(FaultText).default([]),
});

/** By how much a target may be missed, and why. */
const Beyond = z.strictObject({
  /** So much is measured at most, instead of the target. */
  atMost: Duration,
  because: z.string().min(1),
  /** How fast people are decides it: the target may be kept, too. */
  sometimes: z.boolean().default(false),
});

/** Outcomes of which a target may be asked at all: a recovery time where users were brought back, a loss where they were served. */
const KEEPS_RTO: readonly string[] = ['recovered', 'recovered with exceptions', 'finished'];
const KEEPS_RPO: readonly string[] = [...KEEPS_RTO, 'undone'];

/** How a simulation must end; exit status 0 when it did. */
const Expectation = z
  .strictObject({
    outcome: z.enum(['recovered', 'recovered with exceptions', 'finished', 'refused', 'failed', 'aborted', 'undone']),
    /** Step of the guard that refuses or stops it: exactly the guards that do. */
    guards: z.array(z.string()).optional(),
    /** Text that the reason holds. */
    reason: z.string().optional(),
    /** The run's exceptions, as the board lists them. */
    exceptions: z.array(z.string()).optional(),
    /** States that steps must have ended in, by step: `left out` where another way was to be taken. */
    steps: z.record(z.string(), z.string()).optional(),
    /** The recovery takes longer than its RTO. */
    beyondRto: Beyond.optional(),
    /** It loses more than its RPO, as an override signs for; an undo loses anything at all. */
    beyondRpo: Beyond.optional(),
  })
  .refine(({ outcome, beyondRto }) => beyondRto === undefined || KEEPS_RTO.includes(outcome), {
    path: ['beyondRto'],
    error: 'says nothing of a run that ends so: it has no recovery time',
  })
  .refine(({ outcome, beyondRpo }) => beyondRpo === undefined || KEEPS_RPO.includes(outcome), {
    path: ['beyondRpo'],
    error: 'says nothing of a run that ends so: nothing is lost by it',
  });

/** One rehearsal of a runbook: what breaks, what people do, and how it must end. */
export const Simulation = z.strictObject({
  /** Names it in reports: `the primary region hangs`. */
  name: z.string().min(1),
  topology: Topology.optional(),
  /** What is broken when people are called; absent: nothing. */
  faults: z.array(FaultText).default([]),
  /** How long after that people ask for the runbook; absent: a person's reaction. */
  askedAfter: Duration.optional(),
  mode: Mode.default('emergency'),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** What happened before: runbooks of the same system that were run to their end first, and resolved. */
  before: z.array(Before).default([]),
  turns: z.array(Turn).default([]),
  /** What people answer, by step; a step that is not listed is confirmed. `false` declines. */
  answers: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  /** Guards that a commander passes with a second person, by step: in the plan, or in the run where they fail there. */
  override: z.array(z.string()).default([]),
  /** The run is aborted as soon as this step has succeeded. */
  abortAfter: z.string().optional(),
  /** After that abort its changes are undone, and the world must be as it was. */
  undo: z.boolean().default(false),
  expect: Expectation,
});
export type Simulation = z.infer<typeof Simulation>;
export type Turn = z.infer<typeof Turn>;

/** `runbooks/<system>/<runbook>.simulations.yaml`. */
export const Simulations = z.array(Simulation).min(1);
