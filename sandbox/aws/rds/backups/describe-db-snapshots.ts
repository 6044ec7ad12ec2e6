import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { page } from '../../pages.ts';
import { integer, list } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { findSnapshot, renderSnapshot, snapshotsOf } from './snapshot.ts';
import type { RdsSnapshot } from './state.ts';

const Filter = z.object({ Name: z.string(), Values: list('Value', z.string()) });
const KINDS = ['automated', 'manual'] as const;

export const describeDBSnapshots = defineOperation({
  name: 'DescribeDBSnapshots',
  mutating: false,
  input: z.object({
    DBInstanceIdentifier: z.string().optional(),
    DBSnapshotIdentifier: z.string().optional(),
    SnapshotType: z.string().optional(),
    DbiResourceId: z.string().optional(),
    Filters: list('Filter', Filter).optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ DBSnapshotIdentifier, DBInstanceIdentifier }) => DBSnapshotIdentifier ?? DBInstanceIdentifier ?? '*',
  answer(input, { world, region }) {
    const { DBInstanceIdentifier, DBSnapshotIdentifier, SnapshotType, DbiResourceId, Filters = [] } = input;
    const { MaxRecords = 100, Marker } = input;
    if (MaxRecords < 20 || MaxRecords > 100) {
      const sentence = `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`;
      throw new AwsError('InvalidParameterValue', sentence);
    }
    const all = DBSnapshotIdentifier
      ? [findSnapshot(world.state, region, DBSnapshotIdentifier)]
      : Object.values(snapshotsOf(world.state, region));
    const wanted = all
      .filter(({ instance }) => !DBInstanceIdentifier || instance === DBInstanceIdentifier.toLowerCase())
      .filter(({ resourceId }) => !DbiResourceId || resourceId === DbiResourceId)
      // Shared and public ones of other accounts: there are none.
      .filter(({ kind }) => !SnapshotType || kind === SnapshotType)
      .filter((snapshot) => Filters.every((filter) => matches(snapshot, filter)));
    const { items, marker } = page(wanted, ({ identifier }) => identifier, MaxRecords, Marker);
    const now = world.clock.now();
    return {
      DBSnapshots: { DBSnapshot: items.map((snapshot) => renderSnapshot(world.state, snapshot, now)) },
      Marker: marker,
    };
  },
});

function matches(snapshot: RdsSnapshot, { Name, Values }: z.infer<typeof Filter>): boolean {
  switch (Name) {
    case 'db-instance-id':
      return Values.some((value) => value.split(':').at(-1)?.toLowerCase() === snapshot.instance);
    case 'db-snapshot-id':
      return Values.includes(snapshot.identifier);
    case 'dbi-resource-id':
      return Values.includes(snapshot.resourceId);
    case 'snapshot-type':
      return KINDS.some((kind) => kind === snapshot.kind && Values.includes(kind));
    case 'engine':
      return Values.includes('postgres');
    default:
      throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
  }
}
