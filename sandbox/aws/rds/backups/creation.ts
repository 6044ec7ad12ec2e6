import { databaseInstances } from '../../../world/database-address.ts';
import type { WorldState } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';
import { usableZones } from '../../../world/zones.ts';
import { accountOf, databaseArn, readDatabaseArn } from '../../arn.ts';
import { AwsError } from '../../errors.ts';
import { lookUp } from '../../look-up.ts';
import { DEFAULT_GROUPS } from '../groups.ts';
import { findInstance } from '../instance.ts';
import { newResourceId } from '../resource-id.ts';
import type { RdsInstance } from '../state.ts';
import { assertNoMember } from './cluster-member.ts';
import type { BackupHooks } from './hooks.ts';
import { newIdentifier } from './identifier.ts';
import { Jobs } from './jobs.ts';
import { baseCopyOf, NOT_YET } from './snapshot.ts';
import type { RdsOrigin } from './state.ts';
import type { Wanted } from './wanted.ts';

/** From the call to `available`, world seconds: a small instance; RDS says that large ones take much longer. */
const RESTORE_SECONDS = [300, 720] as const;
const REPLICA_SECONDS = [300, 600] as const;
/** Share of that time after which its first backup begins: `backing-up`. */
const BACKUP_AFTER = 0.7;

const MAKE = 'rds.instance-is-made';
const BACK_UP = 'rds.instance-backs-up';
const COMPLETE = 'rds.instance-completes';

/**
 * Throws DBInstanceAlreadyExists, and InvalidParameterValue for what is no identifier, and for one that another region has:
 * the simulated servers, and whoever reads of them, know an instance by its identifier alone.
 */
export function freeIdentifier(state: WorldState, region: string, parameter: string, text: string): string {
  const identifier = newIdentifier(parameter, text);
  const taken = databaseInstances(state).find((other) => [other.identifier, other.renamingTo].includes(identifier));
  if (taken?.region === region) throw new AwsError('DBInstanceAlreadyExists', 'DB instance already exists');
  if (taken) {
    const sentence = `The identifier ${identifier} is taken in ${taken.region}, and this simulated account has each in one region only: choose another one.`;
    throw new AwsError('InvalidParameterValue', sentence);
  }
  return identifier;
}

/**
 * Adds an instance that becomes available by itself. `like` is what its settings are taken from, groups excepted: those
 * that were not named are the defaults of the account, or of its source in the same region. They are shown, and close
 * nothing.
 */
export function beginCreation(
  world: World,
  region: string,
  wanted: Wanted,
  like: Pick<RdsInstance, 'instanceClass' | 'engineVersion' | 'databaseName'> & { backupRetentionDays: number },
  origin: RdsOrigin,
): RdsInstance {
  const { identifier } = wanted;
  const operation = origin.kind === 'replica' ? 'replica' : 'restore';
  const range = origin.kind === 'replica' ? REPLICA_SECONDS : RESTORE_SECONDS;
  const duration = world.latency(range, `rds.${operation}`, `${region}/${identifier}`);
  const now = world.clock.now();
  const [zone = `${region}a`, standbyZone] = usableZones(world.state, region);
  const multiAz = wanted.multiAz ?? false;
  const instance: RdsInstance = {
    identifier,
    region,
    resourceId: newResourceId(region, identifier, now),
    createdAt: now,
    instanceClass: wanted.instanceClass ?? like.instanceClass,
    engineVersion: like.engineVersion,
    status: 'creating',
    address: '',
    port: 0,
    multiAz,
    zone,
    ...(multiAz && standbyZone !== undefined ? { secondaryZone: standbyZone } : {}),
    deletionProtection: wanted.deletionProtection ?? false,
    replicas: [],
    backupRetentionDays: wanted.backupRetentionDays ?? like.backupRetentionDays,
    // None before its first backup is complete.
    backedUpSince: NOT_YET,
    origin,
    groups: { ...DEFAULT_GROUPS, ...wanted.groups },
    ...(wanted.tags ? { tags: Object.fromEntries(wanted.tags.map(({ Key, Value }) => [Key, Value])) } : {}),
    ...(like.databaseName === undefined ? {} : { databaseName: like.databaseName }),
    ...(origin.kind === 'replica' ? { replicaSource: origin.source } : {}),
  };
  world.state.rds[region] = { ...world.state.rds[region], [identifier]: instance };
  world.recordTransition({
    service: 'rds',
    region,
    kind: operation,
    resource: identifier,
    from: now,
    to: now + duration,
  });
  const data = { region, identifier };
  world.schedule(0, MAKE, data);
  if (origin.kind === 'copy') world.schedule(duration * BACKUP_AFTER, BACK_UP, data);
  world.schedule(duration, COMPLETE, data);
  return instance;
}

/** Teaches the world how instances come into being; `available` is shown only after the server really is there. */
export function handleCreations(world: World, hooks: BackupHooks): void {
  const { state } = world;
  const made = new Jobs<{ port: number }>();
  const backedUp = new Jobs();
  const find = (data: Record<string, unknown>) => lookUp(state.rds[String(data.region)], String(data.identifier));
  const keyOf = ({ region, identifier }: RdsInstance) => `${region}/${identifier}`;
  const make = (instance: RdsInstance) => made.begin(keyOf(instance), () => makeServer(instance, hooks));

  world.handle(MAKE, (data) => {
    const instance = find(data);
    if (instance) make(instance);
  });
  world.handle(BACK_UP, (data) => {
    const instance = find(data);
    if (!instance) return;
    make(instance);
    made.whenDone(world, keyOf(instance), BACK_UP, data, (result) => {
      arrive(instance, result?.port ?? 0);
      instance.status = 'backing-up';
      backedUp.begin(keyOf(instance), () => hooks.keepCopy(instance.identifier, baseCopyOf(instance)));
      world.touch();
    });
  });
  world.handle(COMPLETE, (data) => {
    const instance = find(data);
    if (!instance) return;
    if (instance.origin?.kind === 'copy') {
      if (instance.status === 'creating') {
        world.schedule(1_000, COMPLETE, data);
        return;
      }
      backedUp.begin(keyOf(instance), () => hooks.keepCopy(instance.identifier, baseCopyOf(instance)));
      backedUp.whenDone(world, keyOf(instance), COMPLETE, data, () => {
        instance.baseCopy = baseCopyOf(instance);
        instance.backedUpSince = world.clock.now();
        become(instance);
      });
      return;
    }
    make(instance);
    made.whenDone(world, keyOf(instance), COMPLETE, data, (result) => {
      arrive(instance, result?.port ?? 0);
      joinSource(state, instance);
      become(instance);
    });
  });

  function become(instance: RdsInstance): void {
    instance.status = 'available';
    world.touch();
  }
}

async function makeServer(instance: RdsInstance, hooks: BackupHooks): Promise<{ port: number }> {
  const { origin } = instance;
  if (origin?.kind === 'copy') return hooks.restoreCopy(origin.copy, instance, origin.replay);
  if (origin?.kind === 'replica') {
    return hooks.createReplica(readDatabaseArn(origin.source)?.identifier ?? origin.source, instance);
  }
  throw new Error(`nothing is known from which ${instance.identifier} is to be made`);
}

export function addressOf(region: string, identifier: string): string {
  return `${identifier}.c1a2b3.${region}.rds.amazonaws.com`;
}

function arrive(instance: RdsInstance, port: number): void {
  instance.address = addressOf(instance.region, instance.identifier);
  instance.port = port;
}

/** A source lists its replicas: by ARN those in other regions. */
function joinSource(state: WorldState, instance: RdsInstance): void {
  const source = sourceOf(state, instance);
  if (!source) return;
  const name =
    source.region === instance.region
      ? instance.identifier
      : databaseArn(accountOf(state), instance.region, instance.identifier);
  if (!source.replicas.includes(name)) source.replicas = [...source.replicas, name];
}

export function sourceOf(state: WorldState, { replicaSource, region }: RdsInstance): RdsInstance | undefined {
  if (replicaSource === undefined) return undefined;
  const arn = readDatabaseArn(replicaSource);
  return lookUp(state.rds[arn?.region ?? region], arn?.identifier ?? replicaSource);
}

/** The instance that a replica is made of; throws what RDS refuses. */
export function availableSource(state: WorldState, region: string, nameOrArn: string): RdsInstance {
  const arn = readDatabaseArn(nameOrArn);
  const source = findInstance(state, arn?.region ?? region, nameOrArn);
  assertNoMember(source, 'replica');
  if (source.status !== 'available') {
    const sentence = `DB instance ${source.identifier} is not in available state. Its state is ${source.status}.`;
    throw new AwsError('InvalidDBInstanceState', sentence);
  }
  return source;
}
