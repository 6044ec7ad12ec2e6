import { z } from 'zod';
import { Duration } from './duration.ts';
import { Severity } from './system.ts';

export const Mode = z.enum(['emergency', 'planned']);
export type Mode = z.infer<typeof Mode>;

const Identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'write an id in lower case with hyphens, for example write-probe');

/** A CEL expression, evaluated over system, params, mode, steps, `item` in a copy, and, in `expect`, outputs. */
const Expression = z.string().min(1);

export const RunbookStep = z.strictObject({
  id: Identifier,
  title: z.string().min(1),
  /** Id of an action, or `runbook`: then `with` has the nested runbook's name as `runbook`, and its `params`. */
  uses: z.string().min(1),
  /** Input of the action; strings may hold `${{ expression }}`. */
  with: z.record(z.string(), z.unknown()).default({}),
  /** Steps that must have ended before; absent: the step before in the file; empty: as soon as all guards passed. */
  needs: z.array(Identifier).optional(),
  /** Left out unless this is true. */
  if: Expression.optional(),
  /** Makes the step a guard: must be true over `outputs`; stands before the first step that changes something. */
  expect: Expression.optional(),
  /** What a failing guard means and what to do, shown with the measured value; may hold `${{ outputs.… }}` of its action. */
  explain: z.string().min(1).optional(),
  timeout: Duration.default(300),
  /** Tried again by itself after errors that may pass, or after those named in `retryOn`. */
  retry: z
    .strictObject({
      /** In all, the first one included. */
      attempts: z.int().min(2).max(10),
      /** Before the second attempt; doubles each time, up to a minute. */
      backoff: Duration.default(5),
      /** Error codes, for example rds.throttling; absent: every error that may pass by itself. */
      retryOn: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
  /** Done only while there is time: left out when a planned run becomes an emergency before it has succeeded. */
  graceful: z.boolean().optional(),
  /** An expression in ${{ }} that gives a list known before the run: one copy of the step for each `item` of it. */
  forEach: z.string().min(1).optional(),
  /** How many of the copies may run at a time; absent: all. */
  concurrency: z.int().min(1).max(100).optional(),
});
export type RunbookStep = z.infer<typeof RunbookStep>;

const Phase = z.strictObject({
  id: Identifier,
  title: z.string().min(1),
  /** Target duration of the source document, in seconds. */
  target: Duration,
  /** May be empty where a nested runbook has a phase of this id: its steps stand here. */
  steps: z.array(RunbookStep),
});

const Parameter = z.strictObject({
  type: z.enum(['region', 'string', 'int', 'bool', 'duration']),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  description: z.string().optional(),
});

const NO_STEPS = 'a phase without steps needs a step that nests a runbook with a phase of the same id';
const nestsAnother = ({ uses }: RunbookStep) => uses === 'runbook';

/** `runbooks/<system>/<runbook>.yaml`: a procedure for a system. */
export const Runbook = z.strictObject({
  title: z.string().min(1),
  severity: Severity,
  mode: z.array(Mode).min(1),
  params: z.record(z.string(), Parameter).default({}),
  /** What a runbook that nests this one gets, an expression each over its steps. */
  outputs: z.record(Identifier, Expression).optional(),
  /** How long a person may still abort before the first irreversible step; absent: 10 s in an emergency, 30 s planned. */
  abortWindow: z.union([Duration, z.strictObject({ emergency: Duration, planned: Duration })]).optional(),
  phases: z
    .array(Phase)
    .min(1)
    .superRefine((phases, context) => {
      if (phases.some(({ steps }) => steps.some(nestsAnother))) return;
      // Nothing fills a phase without steps then.
      for (const [index, { steps }] of phases.entries()) {
        if (steps.length > 0) continue;
        const where = { origin: 'array', minimum: 1, input: steps, path: [index, 'steps'] };
        context.addIssue({ code: 'too_small', ...where, message: NO_STEPS });
      }
    }),
});
export type Runbook = z.infer<typeof Runbook>;
