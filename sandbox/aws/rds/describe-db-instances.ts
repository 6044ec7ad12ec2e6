import { z } from 'zod';
import { readDatabaseArn } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { readClusterArn } from './cluster.ts';
import { findInstance, renderInstance } from './instance.ts';
import { resourceIdOf } from './resource-id.ts';
import type { RdsInstance } from './state.ts';

const Filter = z.object({ Name: z.string(), Values: list('Value', z.string()) });

export const describeDBInstances = defineOperation({
  name: 'DescribeDBInstances',
  mutating: false,
  input: z.object({
    DBInstanceIdentifier: z.string().optional(),
    Filters: list('Filter', Filter).optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? '*',
  answer(input, { world, region }) {
    const { DBInstanceIdentifier: identifier, Filters = [], MaxRecords = 100, Marker } = input;
    if (MaxRecords < 20 || MaxRecords > 100) {
      const sentence = `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`;
      throw new AwsError('InvalidParameterValue', sentence);
    }
    const all = identifier
      ? [findInstance(world.state, region, identifier)]
      : Object.values(world.state.rds[region] ?? {});
    const wanted = all.filter((instance) => Filters.every((filter) => matches(instance, filter)));
    const { items, marker } = page(wanted, (instance) => instance.identifier, MaxRecords, Marker);
    return {
      DBInstances: {
        DBInstance: items.map((instance) => renderInstance(world.state, instance, world.clock.now())),
      },
      Marker: marker,
    };
  },
});

function matches(instance: RdsInstance, { Name, Values }: z.infer<typeof Filter>): boolean {
  switch (Name) {
    case 'db-instance-id':
      return Values.some((value) => {
        const arn = readDatabaseArn(value);
        return arn
          ? arn.identifier === instance.identifier && arn.region === instance.region
          : value.toLowerCase() === instance.identifier;
      });
    case 'engine':
      return Values.includes(instance.cluster === undefined ? 'postgres' : 'aurora-postgresql');
    case 'dbi-resource-id':
      return Values.includes(resourceIdOf(instance));
    case 'db-cluster-id':
      return Values.some((value) => (readClusterArn(value)?.identifier ?? value.toLowerCase()) === instance.cluster);
    case 'domain':
      return false;
    default:
      throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
  }
}
