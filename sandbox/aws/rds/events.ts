import type { World } from '../../world/world.ts';
import type { RdsEvent } from './state.ts';

/** World milliseconds for which RDS keeps what it told. */
export const KEPT = 14 * 86_400_000;

/** What RDS tells of instances: number in its documents, categories and sentence. */
export const INSTANCE_EVENTS = {
  'failover-started': ['RDS-EVENT-0013', ['failover'], 'Multi-AZ instance failover started.'],
  'failover-completed': ['RDS-EVENT-0049', ['failover'], 'Multi-AZ instance failover completed'],
  'failover-abandoned': [
    'RDS-EVENT-0034',
    ['failover'],
    'Abandoning user requested failover since a failover recently occurred on the database instance',
  ],
  'standby-serves': [
    'RDS-EVENT-0015',
    ['failover'],
    'Multi-AZ failover to standby complete - DNS propagation may take a few minutes',
  ],
  restarted: ['RDS-EVENT-0006', ['availability'], 'DB instance restarted'],
  'replication-stopped': ['RDS-EVENT-0045', ['read replica'], 'Replication for the Read Replica has stopped'],
  'replication-resumed': ['RDS-EVENT-0046', ['read replica'], 'Replication for the Read Replica resumed'],
} as const satisfies Record<string, readonly [string, readonly string[], string]>;

/** Records one of the events above of an instance. */
export function tellOfInstance(
  world: World,
  { region, identifier }: { region: string; identifier: string },
  event: keyof typeof INSTANCE_EVENTS,
): void {
  const [id, categories, message] = INSTANCE_EVENTS[event];
  record(world, { region, identifier, sourceType: 'db-instance', id, categories: [...categories], message });
}

/** Records what happened to a cluster. `id` is its number in RDS's documents. */
export function tellOfCluster(
  world: World,
  { region, identifier }: { region: string; identifier: string },
  category: 'failover' | 'global-failover' | 'notification',
  id: string,
  message: string,
): void {
  record(world, { region, identifier, sourceType: 'db-cluster', id, categories: [category], message });
}

function record(world: World, event: Omit<RdsEvent, 'at'>): void {
  const at = world.clock.now();
  const kept = (world.state.rdsEvents ?? []).filter((earlier) => earlier.at > at - KEPT);
  world.state.rdsEvents = [...kept, { ...event, at }];
  world.touch();
}
