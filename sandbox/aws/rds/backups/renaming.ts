import type { FaultName, Scheduled, WorldState } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';
import { accountOf, databaseArn } from '../../arn.ts';
import { lookUp } from '../../look-up.ts';
import { resourceIdOf } from '../resource-id.ts';
import type { RdsInstance } from '../state.ts';
import { addressOf } from './creation.ts';
import type { BackupHooks } from './hooks.ts';
import { Jobs } from './jobs.ts';

/** From ModifyDBInstance to `available` under the new name, world seconds. RDS: it "becomes effective in about 10 minutes". */
const RENAME_SECONDS = [480, 720] as const;
/** Share of that time after which RDS shows the instance by its new name only; it is reached by neither yet. */
const MOVES_AFTER = 0.5;

const INSTANCE_FAULTS: readonly FaultName[] = ['database-crash', 'database-overloaded', 'broken-replica'];

const MOVE = 'rds.renaming-moves';
const COMPLETE = 'rds.renaming-completes';

/**
 * Sets an available instance on its way to another identifier. Its old host name is gone at once; the new one is there
 * when the instance is available again. Everything after this call happens by itself.
 */
export function beginRenaming(world: World, instance: RdsInstance, to: string): void {
  const { region, identifier } = instance;
  const duration = world.latency(RENAME_SECONDS, 'rds.rename', `${region}/${identifier}`);
  const now = world.clock.now();
  instance.status = 'renaming';
  instance.renamingTo = to;
  instance.address = '';
  world.recordTransition({
    service: 'rds',
    region,
    kind: 'rename',
    resource: identifier,
    from: now,
    to: now + duration,
  });
  world.schedule(duration * MOVES_AFTER, MOVE, { region, identifier });
  world.schedule(duration, COMPLETE, { region, identifier: to });
}

/** Teaches the world how a renaming goes on: the server runs through it, its address is another one. */
export function handleRenamings(world: World, hooks: BackupHooks): void {
  const { state } = world;
  const moved = new Jobs<{ port: number }>();

  /** Whether an instance is still to take that name: its server needs longer than the service. */
  const isUnderWay = ({ region, identifier }: Scheduled['data']) =>
    Object.values(state.rds[String(region)] ?? {}).some(({ renamingTo }) => renamingTo === identifier);

  world.handle(MOVE, (data) => {
    const instance = lookUp(state.rds[String(data.region)], String(data.identifier));
    const to = instance?.renamingTo;
    if (!instance || to === undefined) return;
    const key = `${instance.region}/${instance.identifier}`;
    moved.begin(key, () => hooks.rename(instance.identifier, to));
    moved.whenDone(world, key, MOVE, data, (result) => {
      move(state, instance, to, result?.port ?? instance.port);
      world.touch();
    });
  });
  world.handle(COMPLETE, (data) => {
    const instance = lookUp(state.rds[String(data.region)], String(data.identifier));
    if (instance?.status === 'renaming') {
      instance.address = addressOf(instance.region, instance.identifier);
      instance.status = 'available';
      world.touch();
    } else if (isUnderWay(data)) {
      world.schedule(1_000, COMPLETE, data);
    }
  });
}

function move(state: WorldState, instance: RdsInstance, to: string, port: number): void {
  const { region, identifier } = instance;
  const account = accountOf(state);
  const names = new Map([
    [identifier, to],
    [databaseArn(account, region, identifier), databaseArn(account, region, to)],
  ]);
  // Kept: it is the same instance, with the same backups.
  instance.resourceId = resourceIdOf(instance);
  const { [identifier]: _gone, ...others } = state.rds[region] ?? {};
  state.rds[region] = { ...others, [to]: instance };
  instance.identifier = to;
  instance.port = port;
  delete instance.renamingTo;
  // What has befallen the instance goes with it: whoever takes the old name over is a sound one.
  for (const fault of state.faults) {
    if (fault.target === identifier && INSTANCE_FAULTS.includes(fault.name)) fault.target = to;
  }
  if (instance.lost?.target === identifier) instance.lost.target = to;
  for (const other of Object.values(state.rds).flatMap((byName) => Object.values(byName))) {
    const isNeighbour = other.region === region;
    const follow = (name: string) => (isNeighbour || name.startsWith('arn:') ? (names.get(name) ?? name) : name);
    if (other.replicaSource !== undefined) other.replicaSource = follow(other.replicaSource);
    other.replicas = other.replicas.map(follow);
  }
}
