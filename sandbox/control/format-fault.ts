import type { Fault } from '../world/state.ts';

/** The way people write a fault (`region-down:us-east-1`, `replica-lag:600s`); `parseFault` reads it back. */
export function formatFault({ name, target, seconds }: Omit<Fault, 'since'>): string {
  if (target !== undefined) return `${name}:${target}`;
  return seconds === undefined ? name : `${name}:${seconds}s`;
}

/** Said of a fault that is on and has damaged nothing yet. */
export const WAITS = 'waits for a database that accepts writes';
