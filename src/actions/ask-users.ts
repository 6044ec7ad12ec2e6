import { patienceOf, within } from '../adapters/deadline.ts';
import type { Clients } from '../adapters/index.ts';
import type { ObserveContext } from '../domain/action.ts';
import { describeError, LifeboatError } from '../domain/errors.ts';

/** World milliseconds after which a user gives the health URL up; never below the machine's. */
const PATIENCE = 2000;
const SHORTEST_PATIENCE_MS = 400;

/** Whether the system's health URL answers as users need it, and a sentence that says so. No answer is a finding. */
export async function askUsers(
  { http }: Clients,
  { system, clock, signal }: ObserveContext,
): Promise<{ healthy: boolean; sentence: string }> {
  const { host } = new URL(system.endpoints.health);
  try {
    const patience = within(patienceOf(clock, PATIENCE, SHORTEST_PATIENCE_MS), signal);
    const { status } = await http.get(system.endpoints.health, patience);
    const healthy = status === 200;
    return { healthy, sentence: `Users are ${healthy ? '' : 'not '}served: ${host} answers ${status}.` };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { healthy: false, sentence: `Users are not served: ${describeError(error)}` };
  }
}
