import type { World } from '../../world/world.ts';
import { accountOf, databaseArn, readDatabaseArn } from '../arn.ts';
import { lookUp } from '../look-up.ts';
import { beginFirstBackup } from './backups/snapshot.ts';
import type { RdsInstance } from './state.ts';

/** What the world does when the service does: promotes the PostgreSQL server behind an instance. */
export interface PromotionHooks {
  /**
   * Promotes the server of this instance and resolves when it accepts writes. Called again after a failure or a
   * restart of the sandbox, so a server that is already promoted must be left as it is.
   */
  promoteDatabase(instanceId: string): Promise<void>;
}

/** From PromoteReadReplica to `available`, in world seconds. */
const PROMOTION_SECONDS = [120, 240] as const;
/** Shares of that time: backups are prepared (`modifying`), then the instance restarts as a primary (`rebooting`). */
const REBOOTING_AFTER = 0.6;
const WRITABLE_AFTER = 0.75;
/** World milliseconds between looks at a server that needs longer than the simulated service. */
const LOOK_AGAIN = 2_000;

const REBOOT = 'rds.promotion-reboots';
const WRITABLE = 'rds.promotion-promotes-server';
const COMPLETE = 'rds.promotion-completes';

/** Sets an available replica on its way to a standalone primary. Everything after this call happens by itself. */
export function beginPromotion(world: World, instance: RdsInstance): void {
  const { region, identifier } = instance;
  const duration = world.latency(PROMOTION_SECONDS, 'rds.promotion', `${region}/${identifier}`);
  const now = world.clock.now();
  instance.status = 'modifying';
  world.recordTransition({
    service: 'rds',
    region,
    kind: 'promotion',
    resource: identifier,
    from: now,
    to: now + duration,
  });
  world.schedule(duration * REBOOTING_AFTER, REBOOT, { region, identifier });
  world.schedule(duration * WRITABLE_AFTER, WRITABLE, { region, identifier });
  world.schedule(duration, COMPLETE, { region, identifier });
}

/**
 * Teaches the world how a promotion goes on. All of it is scheduled as plain data, so that a saved world finishes a
 * promotion that was under way; `available` is shown only after the server really was promoted.
 */
export function handlePromotions(world: World, hooks: PromotionHooks): void {
  const servers = new Map<string, 'promoting' | 'promoted'>();

  function promoteServer(key: string, identifier: string): void {
    if (servers.has(key)) return;
    servers.set(key, 'promoting');
    hooks.promoteDatabase(identifier).then(
      () => servers.set(key, 'promoted'),
      (cause: unknown) => {
        servers.delete(key);
        process.emitWarning(
          `The PostgreSQL server of ${identifier} was not promoted; trying again (${String(cause)}).`,
        );
      },
    );
  }

  world.handle(REBOOT, (data) => {
    const instance = find(world, data);
    if (instance) instance.status = 'rebooting';
  });
  world.handle(WRITABLE, (data) => {
    const instance = find(world, data);
    if (instance) promoteServer(`${instance.region}/${instance.identifier}`, instance.identifier);
  });
  world.handle(COMPLETE, (data) => {
    const instance = find(world, data);
    if (!instance) return;
    const key = `${instance.region}/${instance.identifier}`;
    if (servers.get(key) !== 'promoted') {
      promoteServer(key, instance.identifier);
      world.schedule(LOOK_AGAIN, COMPLETE, data);
      return;
    }
    servers.delete(key);
    complete(world, instance);
    beginFirstBackup(world, instance);
  });
}

function complete(world: World, instance: RdsInstance): void {
  const source = instance.replicaSource;
  if (source !== undefined) {
    const { region, identifier } = readDatabaseArn(source) ?? { region: instance.region, identifier: source };
    const primary = world.state.rds[region]?.[identifier];
    const arn = databaseArn(accountOf(world.state), instance.region, instance.identifier);
    if (primary) primary.replicas = primary.replicas.filter((name) => name !== arn && name !== instance.identifier);
  }
  delete instance.replicaSource;
  instance.status = 'available';
}

function find(world: World, data: Record<string, string | number | boolean>): RdsInstance | undefined {
  return lookUp(world.state.rds[String(data.region)], String(data.identifier));
}
