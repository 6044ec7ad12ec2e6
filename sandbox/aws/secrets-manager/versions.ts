import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../errors.ts';
import type { SecretVersion, StoredSecret } from './state.ts';

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** Id and version that carry a staging label. */
export function staged(secret: StoredSecret, stage: string): [string, SecretVersion] | undefined {
  return Object.entries(secret.versions).find(([, { stages }]) => stages.includes(stage));
}

/**
 * Adds the version `token`, and moves staging labels to it. The same token with the same value again changes nothing;
 * with another value it throws ResourceExistsException.
 */
export function addVersion(
  secret: StoredSecret,
  token: string,
  value: SecretVersion['value'],
  { now, stages }: { now: number; stages: readonly string[] },
): SecretVersion {
  const existing = Object.hasOwn(secret.versions, token) ? secret.versions[token] : undefined;
  if (existing) {
    if (isDeepStrictEqual(existing.value, value)) return existing;
    const inUse = `that value is already in use for a version of secret ${secret.arn}.`;
    throw new AwsError('ResourceExistsException', `You can't use ClientRequestToken ${token} because ${inUse}`);
  }
  const isFirst = Object.keys(secret.versions).length === 0;
  const version: SecretVersion = { createdAt: now, value, stages: [] };
  secret.versions[token] = version;
  secret.changedAt = now;
  for (const stage of isFirst ? new Set([CURRENT, ...stages]) : stages) moveStage(secret, stage, token);
  return version;
}

/** Puts a staging label on the version `to`, or on none. AWSPREVIOUS follows: it goes where AWSCURRENT was. */
export function moveStage(secret: StoredSecret, stage: string, to: string | undefined): void {
  const from = staged(secret, stage);
  if (from?.[0] === to) return;
  if (from) from[1].stages = from[1].stages.filter((name) => name !== stage);
  if (to !== undefined) secret.versions[to]?.stages.push(stage);
  if (stage === CURRENT && from && to !== undefined) moveStage(secret, PREVIOUS, from[0]);
}
