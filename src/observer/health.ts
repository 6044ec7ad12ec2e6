import { within } from '../adapters/deadline.ts';
import type { Http } from '../adapters/http/index.ts';
import type { JsonObject, Sample, SampleReader } from '../domain/action.ts';
import { LifeboatError } from '../domain/errors.ts';
import { HEALTH } from '../domain/sampling.ts';

/** World milliseconds after which a streak that nobody has watched since says nothing about now. */
const STALE = 5 * 60_000;

export type HealthSample = {
  healthy: boolean;
  /** World time at which the current streak, good or bad, began. */
  since: number;
  /** Looks in the current streak. */
  looks: number;
  /** 0: no answer. */
  status: number;
};

/** Asks the system's health URL as a user would; no answer within the deadline is an answer too. */
export async function checkHealth(http: Http, url: string, milliseconds: number, signal: AbortSignal) {
  try {
    const { status } = await http.get(url, within(milliseconds, signal));
    return { healthy: status === 200, status };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LifeboatError)) throw error;
    return { healthy: false, status: 0 };
  }
}

/** The next sample: a streak goes on, also over a restart of the observer, or begins at `at`. */
export function continueStreak(
  previous: Sample | undefined,
  checked: { healthy: boolean; status: number },
  at: number,
): HealthSample {
  const { healthy, since, looks } = readSample(previous);
  const goesOn = previous !== undefined && at - previous.at <= STALE && healthy === checked.healthy;
  return goesOn ? { ...checked, since, looks: looks + 1 } : { ...checked, since: at, looks: 1 };
}

/**
 * When the trouble began to be seen, world epoch milliseconds: the start of the unhealthy streak. `now` when the system
 * is healthy, was never watched, or has not been watched for five minutes.
 */
export async function detectedAt(samples: SampleReader, now: number): Promise<number> {
  const newest = await samples.newest(HEALTH);
  if (!newest || now - newest.at > STALE) return now;
  const { healthy, since } = readSample(newest);
  return healthy ? now : Math.min(since, now);
}

function readSample(sample: Sample | undefined): { healthy: boolean; since: number; looks: number } {
  const { healthy, since, looks }: JsonObject = sample?.value ?? {};
  return {
    healthy: healthy === true,
    since: typeof since === 'number' ? since : (sample?.at ?? 0),
    looks: typeof looks === 'number' ? looks : 1,
  };
}
