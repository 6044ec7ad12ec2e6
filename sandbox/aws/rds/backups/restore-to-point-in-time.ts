import { z } from 'zod';
import { AwsError } from '../../errors.ts';
import { boolean } from '../../query/decode.ts';
import { defineOperation } from '../../query/operation.ts';
import { timestamp } from '../../xml.ts';
import { findInstance, renderInstance } from '../instance.ts';
import { assertNoMember } from './cluster-member.ts';
import { beginCreation, freeIdentifier } from './creation.ts';
import { copyOfBeginning } from './snapshot.ts';
import { RESTORE_SETTINGS, wantedOf } from './wanted.ts';
import { restoreWindow } from './window.ts';

export const restoreDBInstanceToPointInTime = defineOperation({
  name: 'RestoreDBInstanceToPointInTime',
  mutating: true,
  input: z.object({
    SourceDBInstanceIdentifier: z.string(),
    TargetDBInstanceIdentifier: z.string(),
    RestoreTime: z.iso.datetime({ offset: true }).optional(),
    UseLatestRestorableTime: boolean.optional(),
    ...RESTORE_SETTINGS,
  }),
  resource: ({ TargetDBInstanceIdentifier }) => TargetDBInstanceIdentifier,
  answer(input, { world, region }) {
    const { RestoreTime, UseLatestRestorableTime = false } = input;
    if (UseLatestRestorableTime === (RestoreTime !== undefined)) {
      const sentence = UseLatestRestorableTime
        ? 'You cannot specify both RestoreTime and UseLatestRestorableTime.'
        : 'Either RestoreTime or UseLatestRestorableTime must be specified.';
      throw new AwsError('InvalidParameterCombination', sentence);
    }
    const source = findInstance(world.state, region, input.SourceDBInstanceIdentifier);
    assertNoMember(source, 'restore');
    const target = 'TargetDBInstanceIdentifier';
    const identifier = freeIdentifier(world.state, region, target, input[target]);
    if (source.backupRetentionDays === 0 || source.replicaSource !== undefined) {
      const sentence = `Point in time restore is not enabled for ${source.identifier}: automated backups are turned off.`;
      throw new AwsError('PointInTimeRestoreNotEnabled', sentence);
    }
    const window = restoreWindow(world.state, source, world.clock.now());
    if (!window) {
      const sentence = `The DB instance ${source.identifier} has no backup yet from which it could be restored.`;
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    const until = RestoreTime === undefined ? window.latest : Date.parse(RestoreTime);
    if (until < window.earliest || until > window.latest) {
      const side =
        until > window.latest ? `later than ${timestamp(window.latest)}` : `earlier than ${timestamp(window.earliest)}`;
      throw new AwsError('InvalidRestoreFault', `The specified instance cannot be restored to a time ${side}.`);
    }
    const copy = source.baseCopy ?? copyOfBeginning(source.identifier);
    const instance = beginCreation(world, region, wantedOf(identifier, input), source, {
      kind: 'copy',
      copy,
      replay: { until },
    });
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});
