import type { Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { lookUp } from '../look-up.ts';
import { tellOfInstance } from './events.ts';
import { handleServerStep } from './server-step.ts';
import type { Servers } from './servers.ts';
import type { RdsInstance } from './state.ts';

/** From RebootDBInstance to `available`, in world seconds; RDS says of a failover that it takes 60 to 120. */
const REBOOT_SECONDS = [30, 60] as const;
const FAILOVER_SECONDS = [60, 120] as const;
/** Shares of that time: the server ends, and is there again. */
const DOWN_AFTER = 0.05;
const UP_AFTER = 0.8;
/** World seconds for which the API goes on showing the zones of before a failover. */
const STALE_SECONDS = [60, 300] as const;
/** World milliseconds until another look at an instance whose host is gone. */
const LOOK_AGAIN = 2_000;

const DOWN = 'rds.reboot-ends-server';
const UP = 'rds.reboot-starts-server';
const COMPLETE = 'rds.reboot-completes';

/**
 * Restarts an available instance; with `failover` its standby in the other zone becomes what clients reach. Everything
 * after this call happens by itself.
 */
export function beginReboot(world: World, instance: RdsInstance, failover: boolean): void {
  const { region, identifier } = instance;
  const [kind, range] = failover ? (['failover', FAILOVER_SECONDS] as const) : (['reboot', REBOOT_SECONDS] as const);
  const duration = world.latency(range, `rds.${kind}`, `${region}/${identifier}`);
  const now = world.clock.now();
  const data = { region, identifier, failover, endsAt: now + duration };
  instance.status = 'rebooting';
  world.recordTransition({ service: 'rds', region, kind, resource: identifier, from: now, to: now + duration });
  if (failover) tellOfInstance(world, instance, 'failover-started');
  world.schedule(duration * DOWN_AFTER, DOWN, data);
  world.schedule(duration * UP_AFTER, UP, data);
}

/** RDS fails over by itself, within this many world milliseconds: the host of the instance is gone. */
export function beginAutomaticFailover(world: World, instance: RdsInstance, duration: number): void {
  const { region, identifier } = instance;
  const now = world.clock.now();
  const data = { region, identifier, failover: true, endsAt: now + duration };
  instance.status = 'rebooting';
  const transition = { service: 'rds', region, kind: 'failover', resource: identifier };
  world.recordTransition({ ...transition, from: now, to: now + duration });
  tellOfInstance(world, instance, 'failover-started');
  world.schedule(duration * UP_AFTER, UP, data);
}

/** Teaches the world how a restart goes on; `available` is shown only after the server really is there again. */
export function handleReboots(world: World, servers: Servers): void {
  const find = (data: Scheduled['data']) => lookUp(world.state.rds[String(data.region)], String(data.identifier));

  handleServerStep(
    world,
    DOWN,
    (data) => {
      const instance = find(data);
      if (!instance) return undefined;
      // In a failover nobody tells clients that the host they are connected to does not serve any more.
      return () => (data.failover ? servers.crash(instance.identifier) : servers.stop(instance.identifier));
    },
    () => undefined,
  );
  handleServerStep(
    world,
    UP,
    (data) => {
      const instance = find(data);
      if (!instance) return undefined;
      // Without a standby nobody takes over from a host that is gone.
      return async () => (instance.lost && !data.failover ? undefined : servers.start(instance.identifier));
    },
    (data) => {
      const instance = find(data);
      if (!instance) return;
      if (data.failover) moveToStandby(world, instance);
      if (instance.lost) {
        world.schedule(LOOK_AGAIN, UP, data);
        return;
      }
      tellOfInstance(world, instance, 'restarted');
      world.scheduleAt(Math.max(world.clock.now(), Number(data.endsAt)), COMPLETE, data);
    },
  );
  world.handle(COMPLETE, (data) => {
    const instance = find(data);
    if (!instance) return;
    instance.status = 'available';
    if (!data.failover) return;
    tellOfInstance(world, instance, 'failover-completed');
    tellOfInstance(world, instance, 'standby-serves');
  });
}

/** The standby's zone is the instance's own from now on; the API goes on showing the old one for a while. */
function moveToStandby(world: World, instance: RdsInstance): void {
  const { zone, secondaryZone, region, identifier } = instance;
  delete instance.lost;
  if (zone === undefined || secondaryZone === undefined) return;
  const stale = world.latency(STALE_SECONDS, 'rds.zone-shown', `${region}/${identifier}`);
  instance.shownZones = { zone, secondaryZone, until: world.clock.now() + stale };
  instance.zone = secondaryZone;
  instance.secondaryZone = zone;
}
