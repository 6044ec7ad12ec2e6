import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { findCluster, findGlobalCluster, readClusterArn, renderCluster, renderGlobalCluster } from './cluster.ts';

const Filter = z.object({ Name: z.string(), Values: list('Value', z.string()) });

export const describeDBClusters = defineOperation({
  name: 'DescribeDBClusters',
  mutating: false,
  input: z.object({
    DBClusterIdentifier: z.string().optional(),
    Filters: list('Filter', Filter).optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ DBClusterIdentifier }) => DBClusterIdentifier ?? '*',
  answer({ DBClusterIdentifier, Filters = [], MaxRecords = 100, Marker }, { world: { state }, region }) {
    checkPageSize(MaxRecords);
    const all = DBClusterIdentifier
      ? [findCluster(state, region, DBClusterIdentifier)]
      : Object.values(state.rdsClusters?.[region] ?? {});
    const wanted = all.filter(({ identifier }) =>
      Filters.every(({ Name, Values }) => {
        if (Name === 'db-cluster-id') {
          return Values.some((value) => (readClusterArn(value)?.identifier ?? value.toLowerCase()) === identifier);
        }
        if (Name === 'engine') return Values.includes('aurora-postgresql');
        if (Name === 'clone-group-id' || Name === 'db-cluster-resource-id' || Name === 'domain') return false;
        throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
      }),
    );
    const { items, marker } = page(wanted, ({ identifier }) => identifier, MaxRecords, Marker);
    return { DBClusters: { DBCluster: items.map((cluster) => renderCluster(state, cluster)) }, Marker: marker };
  },
});

/** Global clusters are the account's: every region's endpoint tells of them. */
export const describeGlobalClusters = defineOperation({
  name: 'DescribeGlobalClusters',
  mutating: false,
  input: z.object({
    GlobalClusterIdentifier: z.string().optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ GlobalClusterIdentifier }) => GlobalClusterIdentifier ?? '*',
  answer({ GlobalClusterIdentifier, MaxRecords = 100, Marker }, { world: { state } }) {
    checkPageSize(MaxRecords);
    const all = GlobalClusterIdentifier
      ? [findGlobalCluster(state, GlobalClusterIdentifier)]
      : Object.values(state.rdsGlobalClusters ?? {});
    const { items, marker } = page(all, ({ identifier }) => identifier, MaxRecords, Marker);
    const members = items.map((global) => renderGlobalCluster(state, global));
    return { GlobalClusters: { GlobalClusterMember: members }, Marker: marker };
  },
});

function checkPageSize(size: number): void {
  if (size >= 20 && size <= 100) return;
  throw new AwsError('InvalidParameterValue', `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
}
