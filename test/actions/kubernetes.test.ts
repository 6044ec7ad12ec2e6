import { describe, expect, it } from '@jest/globals';
import { additionalPods, placePods } from '../../src/actions/kubernetes/capacity.ts';
import { readProfile } from '../../src/actions/kubernetes/profile.ts';
import { isRestartDone, isRestarted } from '../../src/actions/kubernetes/restart.ts';
import { changeOf } from '../../src/actions/kubernetes/scale.ts';
import type { Workload } from '../../src/adapters/kubernetes/shapes.ts';

describe('placePods', () => {
  const node = (name: string) => ({
    name,
    allocatableMillicores: 1000,
    allocatableMebibytes: 1000,
    allocatablePods: 3,
  });
  const nodes = [node('a'), node('b')];
  const held = (name: string, millicores: number, mebibytes = 0) => ({ node: name, millicores, mebibytes });

  it.each([
    { name: 'an empty cluster', on: [], pods: [500, 500, 500, 500], missing: 0, free: 2000 },
    { name: 'a full cluster', on: [held('a', 1000)], pods: [600, 600], missing: 600, free: 1000 },
    {
      name: 'room in slices too small for a pod',
      on: [held('a', 600), held('b', 600)],
      pods: [500],
      missing: 500,
      free: 800,
    },
    { name: 'pods that already wait', on: [held('', 1000)], pods: [1000, 1000], missing: 1000, free: 2000 },
    { name: 'pods on nodes that take no more', on: [held('c', 900)], pods: [1000], missing: 0, free: 2000 },
    {
      name: 'memory that is used up',
      on: [held('a', 0, 950), held('b', 0, 950)],
      pods: [100],
      missing: 100,
      free: 2000,
    },
    { name: 'places that are taken', on: [], pods: [1, 1, 1, 1, 1, 1, 1], missing: 1, free: 2000 },
  ])('$name', ({ on, pods, missing, free }) => {
    const additional = pods.map((millicores) => ({ millicores, mebibytes: 100 }));

    const found = placePods(nodes, on, additional);

    expect(found).toMatchObject({
      missingMillicores: missing,
      freeMillicores: free,
      neededMillicores: pods.reduce((sum, pod) => sum + pod, 0),
    });
    expect(found.missingPods > 0).toBe(missing > 0);
    expect(found.advice).toContain(missing > 0 ? 'Add nodes' : 'room for every pod');
  });

  it('asks only for what a profile adds', () => {
    const workloads = [
      { name: 'api', existing: 2, podMillicores: 250, podMebibytes: 512 },
      { name: 'auth', existing: 7, podMillicores: 100, podMebibytes: 128 },
    ];
    const pod = { millicores: 250, mebibytes: 512 };

    expect(additionalPods(workloads, { api: 4, auth: 5 })).toEqual([pod, pod]);
  });
});

describe('scale', () => {
  it.each([
    { setting: { replicas: 2 }, wanted: 5, after: '5 replicas' },
    { setting: { replicas: 7 }, wanted: 5, after: undefined },
    { setting: { autoscaler: 'x', minReplicas: 2, maxReplicas: 4 }, wanted: 5, after: 'autoscaler x between 5 and 5' },
    {
      setting: { autoscaler: 'x', minReplicas: 2, maxReplicas: 30 },
      wanted: 5,
      after: 'autoscaler x between 5 and 30',
    },
    { setting: { autoscaler: 'x', minReplicas: 6, maxReplicas: 30 }, wanted: 5, after: undefined },
    { setting: undefined, wanted: 5, after: 'at least 5 replicas' },
  ])('$setting → $wanted', ({ setting, wanted, after }) => {
    expect(changeOf('us-west-2', 'api', setting, wanted)?.after).toBe(after);
  });

  it.each([
    ['full: { api: 20 }', 'part', 'it has full'],
    ['full: { api: -1 }', 'full', 'api'],
    ['full: [', 'full', 'config/scaling-profiles.yaml'],
  ])('a file %j without a good profile %s is named', (text, profile, part) => {
    expect(() => readProfile({ readConfig: () => text }, profile)).toThrow(part);
  });
});

describe('restart', () => {
  const mark = '2026-03-01T10:00:00Z';
  const done: Workload = {
    name: 'api',
    resourceVersion: '1',
    generation: 3,
    observedGeneration: 3,
    replicas: 5,
    existing: 5,
    ready: 5,
    available: 5,
    updated: 5,
    podMillicores: 250,
    podMebibytes: 512,
    podLabels: { app: 'api' },
    restartedAt: mark,
    owner: '',
    stuck: '',
  };

  it.each([
    ['', false],
    ['2026-03-01T09:59:59Z', false],
    ['2026-03-01T10:00:00Z', true],
    ['2026-03-01T11:05:00+01:00', true],
  ])('a restart of %j counts: %p', (restartedAt, expected) => {
    expect(isRestarted(restartedAt, mark)).toBe(expected);
  });

  it.each([
    ['done', {}, true],
    ['not seen by the controller', { observedGeneration: 2 }, false],
    ['old pods left', { existing: 6 }, false],
    ['new pods missing', { updated: 4 }, false],
    ['new pods not available', { available: 4 }, false],
    ['not asked for', { restartedAt: '' }, false],
  ])('a rollout that is %s', (_name, difference, expected) => {
    expect(isRestartDone({ ...done, ...difference }, mark)).toBe(expected);
  });

  it('gives up a rollout that the controller gave up', () => {
    expect(() => isRestartDone({ ...done, updated: 1, stuck: 'deadline' }, mark)).toThrow(/stuck/);
  });
});
