import { z } from 'zod';
import { page } from '../../pages.ts';
import { integer } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { timestamp } from '../../xml.ts';
import { renderInstance } from '../instance.ts';
import { resourceIdOf } from '../resource-id.ts';
import { restoreWindow } from './window.ts';

export const describeDBInstanceAutomatedBackups = defineOperation({
  name: 'DescribeDBInstanceAutomatedBackups',
  mutating: false,
  input: z.object({
    DBInstanceIdentifier: z.string().optional(),
    DbiResourceId: z.string().optional(),
    MaxRecords: integer.optional(),
    Marker: z.string().optional(),
  }),
  resource: ({ DBInstanceIdentifier, DbiResourceId }) => DBInstanceIdentifier ?? DbiResourceId ?? '*',
  answer({ DBInstanceIdentifier, DbiResourceId, MaxRecords = 100, Marker }, { world, region }) {
    const now = world.clock.now();
    const kept = Object.values(world.state.rds[region] ?? {})
      .filter(({ identifier }) => !DBInstanceIdentifier || identifier === DBInstanceIdentifier.toLowerCase())
      .filter((instance) => !DbiResourceId || resourceIdOf(instance) === DbiResourceId)
      .flatMap((instance) => {
        const window = restoreWindow(world.state, instance, now);
        return window ? [{ instance, window }] : [];
      });
    const { items, marker } = page(kept, ({ instance }) => instance.identifier, MaxRecords, Marker);
    return {
      DBInstanceAutomatedBackups: {
        DBInstanceAutomatedBackup: items.map(({ instance, window }) => {
          const {
            DBInstanceIdentifier: identifier,
            DbiResourceId: resource,
            DBInstanceArn,
          } = renderInstance(world.state, instance, now);
          return {
            DBInstanceArn,
            DbiResourceId: resource,
            DBInstanceIdentifier: identifier,
            Region: region,
            RestoreWindow: { EarliestTime: timestamp(window.earliest), LatestTime: timestamp(window.latest) },
            Status: 'active',
            Engine: 'postgres',
            EngineVersion: instance.engineVersion,
            Port: instance.port,
            BackupRetentionPeriod: instance.backupRetentionDays,
            BackupTarget: 'region',
          };
        }),
      },
      Marker: marker,
    };
  },
});
