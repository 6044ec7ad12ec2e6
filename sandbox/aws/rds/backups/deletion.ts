import type { World } from '../../../world/world.ts';
import { accountOf, databaseArn } from '../../arn.ts';
import { lookUp } from '../../look-up.ts';
import type { RdsInstance } from '../state.ts';
import { sourceOf } from './creation.ts';
import type { BackupHooks } from './hooks.ts';
import { Jobs } from './jobs.ts';

/** From DeleteDBInstance until the name is free, world seconds. */
const DELETION_SECONDS = [60, 150] as const;

const COMPLETE = 'rds.deletion-completes';

/** Sets an instance on its way out; its backups go with it. */
export function beginDeletion(world: World, instance: RdsInstance): void {
  const { region, identifier } = instance;
  const duration = world.latency(DELETION_SECONDS, 'rds.deletion', `${region}/${identifier}`);
  const now = world.clock.now();
  instance.status = 'deleting';
  const transition = { service: 'rds', region, kind: 'deletion', resource: identifier };
  world.recordTransition({ ...transition, from: now, to: now + duration });
  world.schedule(duration, COMPLETE, { region, identifier });
}

/** Teaches the world how a deletion ends: with the server itself. */
export function handleDeletions(world: World, hooks: BackupHooks): void {
  const { state } = world;
  const removed = new Jobs();
  world.handle(COMPLETE, (data) => {
    const instance = lookUp(state.rds[String(data.region)], String(data.identifier));
    if (!instance) return;
    const { region, identifier } = instance;
    const key = `${region}/${identifier}`;
    removed.begin(key, () => hooks.remove(identifier));
    removed.whenDone(world, key, COMPLETE, data, () => {
      const source = sourceOf(state, instance);
      const arn = databaseArn(accountOf(state), region, identifier);
      if (source) source.replicas = source.replicas.filter((name) => name !== identifier && name !== arn);
      const { [identifier]: _gone, ...others } = state.rds[region] ?? {};
      state.rds[region] = others;
      world.touch();
    });
  });
}
