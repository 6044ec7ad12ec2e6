import type { Clock } from './clock.ts';

/** World seconds between two samples of a system. */
const INTERVAL_SECONDS = 5;
/** Machine milliseconds below which no two samples follow each other, however fast the world runs. */
export const SHORTEST_INTERVAL_MS = 250;

/** World seconds between two samples as this clock really allows them. */
export function samplingSeconds(clock: Pick<Clock, 'speed'>, intervalSeconds = INTERVAL_SECONDS): number {
  return Math.max(intervalSeconds, (SHORTEST_INTERVAL_MS / 1000) * clock.speed());
}
/** Subject of the samples that tell whether users are served: what a client of the product sees of its health URL. */
export const HEALTH = 'health';
