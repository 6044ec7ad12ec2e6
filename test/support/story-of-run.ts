import type { Difference, EventOf, IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { APPROVER, type BotBench, REQUESTER } from './bot.ts';

/** The state of an incident; throws when there is none. */
export async function stateOf({ store }: Pick<BotBench, 'store'>, incident = 'INC-1'): Promise<IncidentState> {
  const found = await store.journal.state(incident);
  if (!found) throw new Error(`there is no ${incident}`);
  return found;
}

/** Appends to INC-1 what an engine would. */
export async function append({ store, parts }: BotBench, ...events: IncidentEvent[]): Promise<void> {
  await store.journal.decide('INC-1', parts.clock.now(), () => ({ events }));
}

/** INC-1 of the chatbot with the run INC-1.r1 of the plan INC-1.p1. */
export async function startRun(bot: BotBench, mode: 'emergency' | 'planned' = 'emergency'): Promise<void> {
  await bot.useCases.failover({ user: REQUESTER, at: bot.parts.clock.now(), system: 'chatbot', mode });
  await bot.useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
}

/** A step of INC-1.r1 that was started and failed. */
export async function failStep(bot: BotBench, step: string, differences?: Difference[]): Promise<void> {
  const error = { code: 'rds.refused', message: 'RDS refused it.' };
  const failed = { type: 'step.failed' as const, runId: 'INC-1.r1', step, attempt: 1, error, changes: [] };
  await append(
    bot,
    { type: 'step.started', runId: 'INC-1.r1', step, attempt: 1, operationId: 'o' },
    { ...failed, ...(differences ? { differences } : {}) },
  );
}

/** Ends INC-1.r1 and gives its locks back, as the engine does. */
export async function finishRun(
  { store, parts }: BotBench,
  outcome: EventOf<'run.finished'>['outcome'] = 'recovered',
): Promise<void> {
  const events: IncidentEvent[] = [{ type: 'run.finished', runId: 'INC-1.r1', outcome, exceptions: [] }];
  await store.journal.decide('INC-1', parts.clock.now(), () => ({ events, unlock: 'INC-1.r1' }));
}

/** Types of the newest events of an incident, oldest first. */
export async function newestEvents({ store }: Pick<BotBench, 'store'>, count: number): Promise<string[]> {
  return (await store.journal.read('INC-1')).slice(-count).map(({ event }) => event.type);
}
