import type { z } from 'zod';
import type { Done, JsonObject } from '../domain/action.ts';
import { Permanent } from '../domain/errors.ts';

/**
 * What was there before a step: what the step noted itself, and for the rest (its first attempt was cut short, or it
 * failed) what the approved plan saw. `noted` and `seen` pick it by name out of outputs and observation. Throws
 * Permanent, which says what to do, when neither knows anything, or what they know is no `shape`.
 */
export function whatWasBefore<T extends z.ZodType>(
  { outputs, observed }: Done,
  shape: T,
  { subject, seen }: { subject: string; seen: (observed: JsonObject) => unknown },
): z.infer<T> {
  const fromPlan = observed ? seen(observed) : undefined;
  const known = { ...(isRecord(fromPlan) ? fromPlan : {}), ...(isRecord(outputs.before) ? outputs.before : {}) };
  const before = shape.safeParse(known);
  if (before.success && Object.keys(known).length > 0) return before.data;
  throw new Permanent(
    'undo.unknown-before',
    `What was there before is not known: neither the step nor its plan saw ${subject}. Set it by hand, then skip this step.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
