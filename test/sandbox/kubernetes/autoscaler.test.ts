import { beforeEach, describe, expect, it } from '@jest/globals';
import { autoscale, DOWNSCALE_STABILIZATION } from '../../../sandbox/kubernetes/controllers/autoscaler.ts';
import { createClusters } from '../../../sandbox/kubernetes/initial.ts';
import type { ClusterState } from '../../../sandbox/kubernetes/state.ts';
import { FULL, system, WEST } from './world.ts';

const NAME = 'chatbot-api';

describe('the autoscaler', () => {
  let cluster: ClusterState;
  let idleSince: Map<string, number>;
  const replicas = () => cluster.deployments[NAME]?.replicas;
  const scaleTo = (count: number) => {
    const deployment = cluster.deployments[NAME];
    if (deployment) deployment.replicas = count;
  };

  beforeEach(() => {
    const created = createClusters({ system, now: 0, fullProfile: FULL })[WEST];
    if (!created) throw new Error('no cluster');
    cluster = created;
    delete cluster.demand;
    idleSince = new Map();
  });

  it.each([
    ['below the minimum', 1, 2],
    ['above the maximum', 99, 30],
    ['switched off by zero replicas', 0, 0],
  ])('corrects at once what is %s', (_, from, to) => {
    scaleTo(from);

    autoscale(cluster, 0, true, idleSince);

    expect(replicas()).toBe(to);
  });

  it('takes away what nobody uses, after five minutes', () => {
    scaleTo(20);

    const early = autoscale(cluster, 1000, false, idleSince);
    const stillEarly = autoscale(cluster, DOWNSCALE_STABILIZATION, false, idleSince);
    const due = autoscale(cluster, 1000 + DOWNSCALE_STABILIZATION, false, idleSince);

    expect([early, stillEarly, due]).toEqual([false, false, true]);
    expect(replicas()).toBe(2);
  });

  it('leaves them when users come meanwhile', () => {
    scaleTo(20);
    autoscale(cluster, 0, false, idleSince);

    autoscale(cluster, 200_000, true, idleSince);
    autoscale(cluster, 400_000, false, idleSince);

    expect(replicas()).toBe(20);
  });

  it('follows the load of the users, by at most twice as many at a time', () => {
    cluster.demand = { [NAME]: 7 };

    autoscale(cluster, 0, true, idleSince);

    // Two pods at their limit of 200 % of what they request, where 70 % is wanted.
    expect(replicas()).toBe(6);
  });

  it('leaves them where the minimum was raised', () => {
    const autoscaler = cluster.autoscalers[NAME];
    if (autoscaler) autoscaler.minReplicas = 20;
    scaleTo(20);

    autoscale(cluster, 0, false, idleSince);
    autoscale(cluster, 2 * DOWNSCALE_STABILIZATION, false, idleSince);

    expect(replicas()).toBe(20);
  });
});
