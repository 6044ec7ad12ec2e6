import type { CallEntry, World } from '../world/world.ts';
import { AwsError } from './errors.ts';
import { interferenceOf } from './interference.ts';

/** How long every call takes, in world seconds. */
const CALL_SECONDS = [0.1, 0.4] as const;

/**
 * One request under way. A region that goes down severs it: what was carried out stays, the answer never leaves.
 */
export interface Exchange {
  severed: boolean;
  /** Resets the connection instead of answering. */
  reset(): void;
  /** Aborted when the endpoint closes. */
  signal: AbortSignal;
}

/** One call of an operation, ready to be carried out. */
export interface PreparedCall<T> {
  service: string;
  region?: string;
  operation: string;
  resource: string;
  mutating: boolean;
  /** Reads or changes the world in one piece; throws AwsError when the service refuses. */
  carryOut(): T;
}

/** What became of a call: `lost` when the answer never leaves, whether or not the call was carried out. */
export type Outcome<T> = { kind: 'done'; value: T } | { kind: 'refused'; error: AwsError } | { kind: 'lost' };

/**
 * Lets a call take its world time, with the moment it is carried out in the middle, and records it. A call that was
 * severed before that moment never reached the service and is not recorded.
 */
export async function perform<T>(world: World, exchange: Exchange, call: PreparedCall<T>): Promise<Outcome<T>> {
  const startedAt = world.clock.now();
  const place = call.region ? `${call.region}/${call.resource}` : call.resource;
  const operation = `${call.service}.${call.operation}`;
  const { refusal, resets, delay } = interferenceOf(world, operation);
  const duration = world.latency(CALL_SECONDS, operation, place) + delay;
  await world.takeTime(duration / 2, exchange.signal);
  if (exchange.severed || exchange.signal.aborted) return { kind: 'lost' };

  const outcome = attempt(() => {
    if (refusal) throw refusal;
    return call.carryOut();
  });
  if (call.mutating && outcome.kind === 'done') world.touch();
  await world.takeTime(duration / 2, exchange.signal);
  world.recordCall(entryOf(call, outcome), startedAt);
  if (resets) exchange.reset();
  return resets || exchange.severed || exchange.signal.aborted ? { kind: 'lost' } : outcome;
}

function attempt<T>(carryOut: () => T): { kind: 'done'; value: T } | { kind: 'refused'; error: AwsError } {
  try {
    return { kind: 'done', value: carryOut() };
  } catch (error) {
    if (error instanceof AwsError) return { kind: 'refused', error };
    throw error;
  }
}

function entryOf<T>(call: PreparedCall<T>, outcome: ReturnType<typeof attempt>): CallEntry {
  const { service, region, operation, resource, mutating } = call;
  const base = { service, ...(region ? { region } : {}), operation, resource, mutating };
  if (outcome.kind === 'refused') return { ...base, status: outcome.error.status, error: outcome.error.code };
  return { ...base, status: 200 };
}
