import { describe, expect, it } from '@jest/globals';
import { millicores, requestedMillicores } from '../../../src/adapters/kubernetes/quantity.ts';
import { reconcilerOf, toNode } from '../../../src/adapters/kubernetes/shapes.ts';

describe('millicores', () => {
  it.each([
    ['250m', 250],
    ['2', 2000],
    ['1.5', 1500],
    ['100u', 1],
    ['500000000n', 500],
    [undefined, 0],
    ['nonsense', 0],
  ])('%s is %d', (quantity, expected) => {
    expect(millicores(quantity)).toBe(expected);
  });
});

describe('requestedMillicores', () => {
  const container = (cpu: string, restartPolicy?: string) => ({
    name: 'c',
    resources: { requests: { cpu } },
    ...(restartPolicy ? { restartPolicy } : {}),
  });

  it('counts containers and sidecars together, against the largest init container', () => {
    const containers = [container('100m'), container('50m')];

    expect(requestedMillicores({ containers })).toBe(150);
    expect(requestedMillicores({ containers, initContainers: [container('1')] })).toBe(1000);
    expect(requestedMillicores({ containers, initContainers: [container('100m', 'Always')] })).toBe(250);
    expect(requestedMillicores({ containers, overhead: { cpu: '10m' } })).toBe(160);
  });
});

describe('toNode', () => {
  const status = {
    allocatable: { cpu: '4', memory: '16Gi', pods: '58' },
    conditions: [{ type: 'Ready', status: 'True' }],
  };

  it.each([
    [
      'takes pods',
      { status },
      { name: '', allocatableMillicores: 4000, allocatableMebibytes: 16_384, allocatablePods: 58 },
    ],
    [
      'names no number of pods',
      { status: { ...status, allocatable: { cpu: '4' } } },
      {
        name: '',
        allocatableMillicores: 4000,
        allocatableMebibytes: 0,
        allocatablePods: Number.POSITIVE_INFINITY,
      },
    ],
    ['is cordoned', { status, spec: { unschedulable: true } }, undefined],
    ['is tainted', { status, spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }, undefined],
    ['is not ready', { status: { ...status, conditions: [{ type: 'Ready', status: 'Unknown' }] } }, undefined],
  ])('a node that %s', (_name, node, expected) => {
    expect(toNode(node)).toEqual(expected);
  });
});

describe('reconcilerOf', () => {
  it.each([
    [
      { annotations: { 'argocd.argoproj.io/tracking-id': 'chatbot:apps/Deployment:x/y' } },
      'Argo CD application chatbot',
    ],
    [{ labels: { 'argocd.argoproj.io/instance': 'chatbot' } }, 'Argo CD application chatbot'],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux kustomization apps'],
    [{ labels: { 'helm.toolkit.fluxcd.io/name': 'chat' } }, 'Flux Helm release chat'],
    [{ labels: { app: 'chatbot' } }, ''],
  ])('%j', (metadata, expected) => {
    expect(reconcilerOf(metadata)).toBe(expected);
  });
});
