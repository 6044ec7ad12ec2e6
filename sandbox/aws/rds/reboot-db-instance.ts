import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { boolean } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { INSTANCE_EVENTS, tellOfInstance } from './events.ts';
import { findInstance, renderInstance } from './instance.ts';
import { beginReboot } from './reboot.ts';
import type { RdsInstance } from './state.ts';

/** World milliseconds; RDS names no figure. */
const RECENTLY = 5 * 60_000;

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
    if (ForceFailover && hasJustFailedOver(world, instance)) tellOfInstance(world, instance, 'failover-abandoned');
    else beginReboot(world, instance, ForceFailover);
    return { DBInstance: renderInstance(world.state, instance, world.clock.now()) };
  },
});

/** RDS attempts no requested failover when one recently occurred; it takes the request, and says so in an event. */
function hasJustFailedOver({ state, clock }: World, { region, identifier }: RdsInstance): boolean {
  return (state.rdsEvents ?? []).some(
    (event) =>
      event.id === INSTANCE_EVENTS['failover-completed'][0] &&
      event.region === region &&
      event.identifier === identifier &&
      clock.now() - event.at < RECENTLY,
  );
}
