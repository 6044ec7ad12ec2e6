import { z } from 'zod';
import { Duration } from './duration.ts';
import { Severity } from './system.ts';

export const Mode = z.enum(['emergency', 'planned']);
export type Mode = z.infer<typeof Mode>;

const Identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'write an id in lower case with hyphens, for example write-probe');

/** A CEL expression, evaluated over system, params, mode, steps and, in `expect`, outputs. */
const Expression = z.string().min(1);

export const RunbookStep = z.strictObject({
  id: Identifier,
  title: z.string().min(1),
  /** Id of an action. */
  uses: z.string().min(1),
  /** Input of the action; strings may hold `${{ expression }}`. */
  with: z.record(z.string(), z.unknown()).default({}),
  /** Steps that must have ended before; absent: the step before in the file; empty: as soon as all guards passed. */
  needs: z.array(Identifier).optional(),
  /** Left out unless this is true. */
  if: Expression.optional(),
  /** Makes the step a guard: must be true over `outputs`; stands before the first step that changes something. */
  expect: Expression.optional(),
  /** What a failing guard means and what to do; shown with the measured value. */
  explain: z.string().min(1).optional(),
  timeout: Duration.default(300),
});
export type RunbookStep = z.infer<typeof RunbookStep>;

export const Phase = z.strictObject({
  id: Identifier,
  title: z.string().min(1),
  /** Target duration of the source document, in seconds. */
  target: Duration,
  steps: z.array(RunbookStep).min(1),
});

const Parameter = z.strictObject({
  type: z.enum(['region', 'string', 'int', 'bool', 'duration']),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  description: z.string().optional(),
});

/** `runbooks/<system>/<runbook>.yaml`: a procedure for a system. */
export const Runbook = z.strictObject({
  title: z.string().min(1),
  severity: Severity,
  mode: z.array(Mode).min(1),
  params: z.record(z.string(), Parameter).default({}),
  phases: z.array(Phase).min(1),
});
export type Runbook = z.infer<typeof Runbook>;
