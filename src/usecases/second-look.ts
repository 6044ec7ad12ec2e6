import type { Plan } from '../domain/plan.ts';

/**
 * Makes a plan and, where what did not answer decides its fate, makes it once more: one slow answer, on a busy machine or
 * over a bad line, neither refuses a plan nor voids an approval. Where all is well it costs nothing, and otherwise as
 * much time again (2 s).
 */
export async function lookTwice(make: () => Promise<Plan>, isUndoneBySilence: (plan: Plan) => boolean): Promise<Plan> {
  const first = await make();
  return isUndoneBySilence(first) ? make() : first;
}

/** Whether a guard failed only because it could not be measured in time. */
export function hasUnmeasuredGuard({ guards, steps }: Plan): boolean {
  return guards.some(
    ({ step, passed }) => !passed && steps.some(({ id, observation }) => id === step && isSilent(observation)),
  );
}

/** Whether something does not answer now that answered when `approved` was made. */
export function hasFallenSilent(approved: Plan, fresh: Plan): boolean {
  return fresh.steps.some(
    ({ id, observation }) =>
      isSilent(observation) &&
      approved.steps.some((before) => before.id === id && before.observation.state === 'observed'),
  );
}

const isSilent = ({ state }: Plan['steps'][number]['observation']) => state === 'unreachable';
