import { databaseInstances } from '../../world/database-address.ts';
import type { Fault, Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { lookUp } from '../look-up.ts';
import { failOverWithoutWriter, rejoin } from './cluster-failover.ts';
import { tellOfInstance } from './events.ts';
import { beginAutomaticFailover } from './reboot.ts';
import { handleServerStep } from './server-step.ts';
import type { Servers } from './servers.ts';
import type { RdsInstance } from './state.ts';

/** From the loss of a Multi-AZ instance's host until its standby serves, in world seconds. */
const FAILOVER_SECONDS = [60, 120] as const;
/** Share of that time until RDS says that it fails over. */
const NOTICED_AFTER = 0.25;
/** From the end of a fault until an instance without a standby serves again, in world seconds. */
const RETURN_SECONDS = [10, 30] as const;
/** World milliseconds between looks at what cannot go on yet. */
const LOOK_AGAIN = 2_000;

const LOSE = 'rds.host-is-lost';
const NOTICE = 'rds.failover-is-noticed';
const RETURN = 'rds.host-returns';

/**
 * Lets instances lose their hosts as faults say, and RDS do what it does by itself: a Multi-AZ instance fails over to its
 * standby, a cluster to a reader, and all others are dead until the fault ends. Must be called before `world.start()`.
 */
export function watchOutages(world: World, servers: Servers): { close(): void } {
  const find = (data: Scheduled['data']) => lookUp(world.state.rds[String(data.region)], String(data.identifier));

  handleServerStep(
    world,
    LOSE,
    (data) => {
      const instance = find(data);
      return instance?.lost && (() => servers.crash(instance.identifier));
    },
    (data) => {
      const instance = find(data);
      if (!instance?.lost) return;
      if (instance.cluster !== undefined) failOverWithoutWriter(world, instance);
      if (!instance.multiAz) return;
      const { region, identifier, lost } = instance;
      const total = world.latency(FAILOVER_SECONDS, 'rds.automatic-failover', `${region}/${identifier}`);
      const noticed = { region, identifier, since: lost.since, left: total * (1 - NOTICED_AFTER) };
      world.schedule(total * NOTICED_AFTER, NOTICE, noticed);
    },
  );
  world.handle(NOTICE, (data) => {
    const instance = find(data);
    if (!instance?.lost || instance.lost.since !== data.since) return;
    const hasStandby = !world.state.faults.some(
      ({ name, target }) => name === 'zone-down' && target === instance.secondaryZone,
    );
    // A region that is gone has no standby to go to, and no failover begins while something else is under way.
    if (hasStandby && instance.status === 'available' && world.regionCondition(instance.region) === 'up') {
      beginAutomaticFailover(world, instance, Number(data.left));
    } else {
      world.schedule(LOOK_AGAIN, NOTICE, data);
    }
  });
  handleServerStep(
    world,
    RETURN,
    (data) => {
      const instance = find(data);
      return instance?.lost && (() => servers.start(instance.identifier));
    },
    (data) => {
      const instance = find(data);
      if (!instance) return;
      delete instance.lost;
      tellOfInstance(world, instance, 'restarted');
    },
  );

  const onFault = ({ fault, on }: { fault: Fault; on: boolean }) => {
    for (const instance of databaseInstances(world.state)) {
      if (fault.name === 'broken-replica' && fault.target === instance.identifier) {
        tellOfInstance(world, instance, on ? 'replication-stopped' : 'replication-resumed');
      }
      if (on && !instance.lost && takesHost(fault, instance)) lose(instance, fault);
      if (!on && instance.lost?.fault === fault.name && instance.lost.target === fault.target) giveBack(instance);
    }
  };

  function lose(instance: RdsInstance, { name, target = '' }: Fault): void {
    const { region, identifier } = instance;
    instance.lost = { fault: name, target, since: world.clock.now() };
    world.schedule(0, LOSE, { region, identifier });
  }

  function giveBack(instance: RdsInstance): void {
    const { region, identifier, lost, multiAz } = instance;
    const other = world.state.faults.find((fault) => takesHost(fault, instance));
    if (other && lost) Object.assign(lost, { fault: other.name, target: other.target ?? '' });
    // A failover that RDS has in mind goes on: the standby is the better copy of what it knows.
    else if (multiAz) return;
    else if (!rejoin(world, instance)) {
      const delay = world.latency(RETURN_SECONDS, 'rds.host-returns', `${region}/${identifier}`);
      world.schedule(delay, RETURN, { region, identifier });
    }
  }

  world.on('fault', onFault);
  return { close: () => void world.off('fault', onFault) };
}

function takesHost({ name, target }: Fault, { identifier, zone, status }: RdsInstance): boolean {
  if (status === 'creating') return false;
  return (name === 'database-crash' && target === identifier) || (name === 'zone-down' && target === zone);
}
