import type { ChaosFault } from '../fault.ts';
import { botKilled, workerKilled, workerStopped } from './processes.ts';
import { serviceFaults } from './services.ts';
import { postgresAway, postgresRestarts, queueEmptied, redisFlushed, redisRestarts } from './stores.ts';

/** Everything that a recovery must survive. */
export const CHAOS_FAULTS: readonly ChaosFault[] = [
  workerKilled,
  botKilled,
  workerStopped,
  postgresRestarts,
  postgresAway,
  redisFlushed,
  redisRestarts,
  queueEmptied,
  ...serviceFaults,
];
