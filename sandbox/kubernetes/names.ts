import { createHash } from 'node:crypto';
import type { DeploymentState } from './state.ts';

function digest(...parts: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A UUID that depends on nothing but its arguments, so that a world with the same seed has the same objects. */
export function uid(...parts: (string | number)[]): string {
  const hex = digest(...parts);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The alphabet of the API server's generated names: no vowels, nothing that reads as another. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function letters(length: number, ...parts: (string | number)[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest();
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Hash of a pod template, as the ReplicaSet's name and the pods' `pod-template-hash` label carry it. */
export function templateHash(region: string, deployment: string, templateRevision: number): string {
  return letters(10, region, deployment, templateRevision);
}

/** `<deployment>-<template hash>-<five letters>`; `ordinal` distinguishes the pods of a cluster. */
export function podName(
  region: string,
  deployment: Pick<DeploymentState, 'name' | 'templateRevision'>,
  ordinal: number,
): string {
  const { name, templateRevision } = deployment;
  return `${name}-${templateHash(region, name, templateRevision)}-${letters(5, region, name, templateRevision, ordinal)}`;
}
