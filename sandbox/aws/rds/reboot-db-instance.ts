import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { boolean } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { findInstance, renderInstance } from './instance.ts';
import { beginReboot } from './reboot.ts';

export const rebootDBInstance = defineOperation({
  name: 'RebootDBInstance',
  mutating: true,
  input: z.object({ DBInstanceIdentifier: z.string(), ForceFailover: boolean.optional() }),
  resource: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
  answer({ DBInstanceIdentifier, ForceFailover = false }, { world, region }) {
    const instance = findInstance(world.state, region, DBInstanceIdentifier);
    if (ForceFailover && !instance.multiAz) {
      throw new AwsError(
        'InvalidParameterCombination',
        'ForceFailover can only be specified for Multi-AZ DB instances.',
      );
    }
    if (instance.status !== 'available') {
      const sentence = 'Instance cannot currently reboot due to an in-progress management operation.';
      throw new AwsError('InvalidDBInstanceState', sentence);
    }
    beginReboot(world, instance, ForceFailover);
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});
