import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { defineOperation } from '../query/operation.ts';
import { findCluster, isPrimary, renderCluster } from './cluster.ts';
import { beginClusterFailover, nextWriter } from './cluster-failover.ts';

export const failoverDBCluster = defineOperation({
  name: 'FailoverDBCluster',
  mutating: true,
  input: z.object({ DBClusterIdentifier: z.string(), TargetDBInstanceIdentifier: z.string().optional() }),
  resource: ({ DBClusterIdentifier }) => DBClusterIdentifier,
  answer({ DBClusterIdentifier, TargetDBInstanceIdentifier }, { world, region }) {
    const cluster = findCluster(world.state, region, DBClusterIdentifier);
    const { identifier, status, members, writer } = cluster;
    const wished = TargetDBInstanceIdentifier?.toLowerCase();
    if (wished !== undefined && !members.includes(wished)) {
      const sentence = `DB instance ${wished} is not a member of the DB cluster ${identifier}.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    if (status !== 'available') {
      const sentence = `DB cluster ${identifier} is not in available state. Its state is ${status}.`;
      throw new AwsError('InvalidDBClusterStateFault', sentence);
    }
    if (!isPrimary(world.state, cluster)) {
      const sentence = `DB cluster ${identifier} is a secondary cluster of the global cluster ${cluster.globalCluster} and has no writer.`;
      throw new AwsError('InvalidDBClusterStateFault', sentence);
    }
    if (wished === writer) {
      const sentence = `DB instance ${wished} is already the writer of the DB cluster ${identifier}.`;
      throw new AwsError('InvalidDBClusterStateFault', sentence);
    }
    const target = wished === undefined ? nextWriter(world, cluster) : world.state.rds[region]?.[wished];
    if (!target || target.lost) {
      const sentence = `DB cluster ${identifier} has no available DB instance to fail over to.`;
      throw new AwsError('InvalidDBClusterStateFault', sentence);
    }
    if (target.status !== 'available') {
      const sentence = `DB instance ${target.identifier} is not in available state. Its state is ${target.status}.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    beginClusterFailover(world, cluster, target);
    return { DBCluster: renderCluster(world.state, cluster) };
  },
});
