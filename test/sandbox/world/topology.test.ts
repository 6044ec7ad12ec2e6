import { describe, expect, it } from '@jest/globals';
import {
  databaseAt,
  databaseInstances,
  isReplica,
  reachableDatabases,
} from '../../../sandbox/world/database-address.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import { databaseNames } from '../../../sandbox/world/initial-databases.ts';
import { Topology } from '../../../sandbox/world/topology.ts';
import { chatbot, EAST, WEST } from '../aws/sandbox.ts';

const PRIMARY = 'chatbot-prod';
const FAR = 'chatbot-prod-replica-west';

function begin(topology: Topology) {
  const databasePorts = Object.fromEntries(
    databaseNames(chatbot, topology).map((name, index) => [name, 5400 + index] as const),
  );
  return createWorldState({ system: chatbot, systemName: 'chatbot', seed: 1, now: 0, databasePorts, topology });
}

const instancesIn = (topology: Topology) =>
  databaseInstances(begin(topology)).map(({ identifier, zone, secondaryZone, multiAz }) => {
    return [identifier, zone, multiAz ? secondaryZone : undefined];
  });

describe('the databases of a world', () => {
  it.each([
    ['multi-az', [[PRIMARY, 'us-east-1a', 'us-east-1b']]],
    ['single-az', [[PRIMARY, 'us-east-1a', undefined]]],
    [
      'in-region-replica',
      [
        [PRIMARY, 'us-east-1a', undefined],
        ['chatbot-prod-replica', 'us-east-1b', undefined],
      ],
    ],
    [
      'aurora',
      [
        [PRIMARY, 'us-east-1a', undefined],
        ['chatbot-prod-reader', 'us-east-1b', undefined],
      ],
    ],
  ] as const)('are laid out as %s, with the replica of the other region', (topology, near) => {
    expect(instancesIn(topology)).toEqual([...near, [FAR, 'us-west-2a', undefined]]);
  });

  it.each(Topology.options)('are plain data as %s, and each name has a port of its own', (topology) => {
    const state = begin(topology);

    const reached = reachableDatabases(state);

    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(new Set(reached.map(({ port }) => port)).size).toBe(reached.length);
    expect(reached.map(({ address }) => databaseAt(state, address.toUpperCase())?.port)).toEqual(
      reached.map(({ port }) => port),
    );
    expect(Object.keys(state.databases?.servers ?? {}).toSorted()).toEqual(
      databaseInstances(state)
        .map(({ identifier }) => identifier)
        .toSorted(),
    );
  });

  it('connect the pods of a cluster to its writer by the endpoint of the cluster, wherever that is', () => {
    const state = begin('aurora');
    const { host = '', port } = state.kubernetes[WEST]?.secrets['db-credentials']?.data ?? {};

    const before = databaseAt(state, host);
    Object.assign(state.rdsClusters?.[EAST]?.['chatbot-prod-cluster'] ?? {}, { writer: 'chatbot-prod-reader' });
    const after = databaseAt(state, host);

    expect(before?.instance.identifier).toBe(PRIMARY);
    expect(after?.instance.identifier).toBe('chatbot-prod-reader');
    expect([before?.port, after?.port]).toEqual([Number(port), Number(port)]);
  });

  it('are replicas where they stream from another one', () => {
    const replicas = (topology: Topology) => {
      const state = begin(topology);
      return databaseInstances(state).filter((instance) => isReplica(state, instance)).length;
    };

    expect(Topology.options.map(replicas)).toEqual([1, 1, 2, 2]);
  });

  it('have no other names', () => {
    expect(databaseAt(begin('multi-az'), 'nobody.c1a2b3.us-east-1.rds.amazonaws.com')).toBeUndefined();
    expect(databaseAt(begin('multi-az'), '')).toBeUndefined();
  });
});
