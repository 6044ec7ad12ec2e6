import { describe, expect, it } from '@jest/globals';
import { isShared, judge, replicasWanted, type Trouble } from '../../src/actions/kubernetes/health.ts';
import type { Pod } from '../../src/adapters/kubernetes/pods.ts';
import type { Release } from '../../src/adapters/kubernetes/releases.ts';
import type { Autoscaler, Workload } from '../../src/adapters/kubernetes/shapes.ts';

const PLACED = 1_000_000;
const OLD = 'api-1';
const NEW = 'api-2';

const workload = { name: 'api', replicas: 10 } as Workload;
const release = (name: string, revision: number, ready: number) =>
  ({ name, revision, ready, deployment: 'api', template: { spec: { nodeName: name } } }) as Release;

/** `worked`: it was ready for an hour before it was not. */
function pods(count: number, replicaSet: string, trouble: Trouble | undefined, { worked = true } = {}) {
  return Array.from({ length: count }, (_, index) => ({
    pod: {
      name: `${replicaSet}-${index}`,
      replicaSet,
      isReady: trouble === undefined,
      placedAt: PLACED,
      readinessSince: worked ? PLACED + 3600_000 : PLACED,
    } as Pod,
    trouble,
  }));
}

function health(
  all: ReturnType<typeof pods>,
  { oldReady = 0, autoscaler }: { oldReady?: number; autoscaler?: Autoscaler } = {},
) {
  const troubles = new Map(all.map(({ pod, trouble }) => [pod, trouble]));
  return judge(workload, {
    pods: all.map(({ pod }) => pod),
    releases: [release(NEW, 2, 0), release(OLD, 1, oldReady)],
    autoscaler,
    look: (pod) => troubles.get(pod),
  });
}

describe('a release whose pods do not answer their readiness probe', () => {
  it('is not bad when they worked before: it is older than the trouble', () => {
    expect(health(pods(10, NEW, 'probe')).bad).toBeUndefined();
  });

  it('is bad when none of them ever worked', () => {
    expect(health(pods(10, NEW, 'probe', { worked: false }))).toMatchObject({
      bad: { name: NEW },
      wayBack: { name: OLD },
    });
  });

  it('is bad when pods of an older one work under the same conditions', () => {
    const seen = [...pods(8, NEW, 'probe'), ...pods(2, OLD, undefined)];

    expect(health(seen, { oldReady: 2 })).toMatchObject({ bad: { name: NEW }, healthy: { name: OLD } });
  });

  it.each(['crash-loop', 'image', 'out-of-memory'] as const)('is bad when they are in %s besides', (trouble) => {
    expect(health([...pods(9, NEW, 'probe'), ...pods(1, NEW, trouble)]).bad?.name).toBe(NEW);
  });
});

describe('what all deployments share', () => {
  const away = () => health(pods(10, NEW, 'probe'));
  const well = () => health(pods(10, NEW, undefined));

  it('is the matter when most pods of every one stop answering, and nothing else is', () => {
    expect(isShared([away(), away(), health([...pods(6, NEW, 'probe'), ...pods(4, NEW, undefined)])])).toBe(true);
  });

  it('is not where one works, one fails otherwise, or there is only one', () => {
    expect(isShared([away(), well()])).toBe(false);
    expect(isShared([away(), health([...pods(9, NEW, 'probe'), ...pods(1, NEW, 'crash-loop')])])).toBe(false);
    expect(isShared([away()])).toBe(false);
  });
});

describe('more pods help', () => {
  const spent = { usedPercent: 133, targetPercent: 70, maxReplicas: 10 } as Autoscaler;

  it.each([
    ['where memory runs out', [...pods(8, NEW, undefined), ...pods(2, NEW, 'out-of-memory')], undefined, 'memory', 12],
    ['where the autoscaler may add none', pods(10, NEW, undefined), spent, 'processors', 19],
    [
      'where more than 80 % do not answer',
      [...pods(9, NEW, 'probe'), ...pods(1, NEW, undefined)],
      undefined,
      'readiness',
      19,
    ],
    ['not where fewer do', [...pods(8, NEW, 'probe'), ...pods(2, NEW, undefined)], undefined, undefined, undefined],
    [
      'not where the autoscaler adds them',
      pods(10, NEW, undefined),
      { ...spent, maxReplicas: 30 },
      undefined,
      undefined,
    ],
  ])('%s', (_what, seen, autoscaler, exhausted, wanted) => {
    const found = health(seen, autoscaler ? { autoscaler } : {});

    expect(found.exhausted).toBe(exhausted);
    expect(replicasWanted(found)).toBe(wanted);
  });
});
