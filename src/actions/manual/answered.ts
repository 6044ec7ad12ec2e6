import type { RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';

/** Waits for a person's answer to this step. Throws Permanent `manual.refused` when they declined to give one. */
export async function answered(context: RunContext, question: string): Promise<{ by: string; value: string }> {
  context.progress(question);
  const { by, confirmed, value } = await context.waitUntil(async () => context.answer());
  if (!confirmed || value === undefined) throw new Permanent('manual.refused', `<@${by}> answered no: ${question}`);
  return { by, value };
}
