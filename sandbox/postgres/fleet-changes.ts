import type { RestoreOptions } from './copies.ts';
import type { Member } from './member.ts';
import type { RunningFleet } from './running-fleet.ts';

export interface ReplicaOptions {
  instance: string;
  region: string;
  /** The instance that it streams from; its server must run. */
  source: string;
  /** No write is acknowledged before this replica has it; `replica-lag` spares it. */
  synchronous?: boolean;
}

/** A replica that keeps up with its source, or only follows. */
type Following = Pick<ReplicaOptions, 'synchronous'>;

export async function createReplica(fleet: RunningFleet, options: ReplicaOptions): Promise<{ port: number }> {
  const { instance, region, source, synchronous } = options;
  fleet.assertFree(instance);
  fleet.memberOf(source).running();
  const server = { region, source, ...(synchronous && { synchronous }) };
  const { port } = await fleet.add(instance, server, (member) => fleet.startAsReplica(member, source));
  await fleet.applySynchrony();
  return { port };
}

/** Adds a standalone server; `layReady` fills its folder. */
export async function addFromCopy(
  fleet: RunningFleet,
  { instance, region }: Pick<RestoreOptions, 'instance' | 'region'>,
  layReady: (folder: string) => Promise<void>,
): Promise<{ port: number }> {
  const { port } = await fleet.add(instance, { region }, async (member) => {
    await layReady(member.state.folder);
    await member.start();
  });
  return { port };
}

export async function rebuild(
  fleet: RunningFleet,
  instance: string,
  source: string,
  { synchronous = false }: Following = {},
): Promise<void> {
  const member = fleet.memberOf(instance);
  fleet.memberOf(source).running();
  if (member.server) await member.stop('refuse', 'immediate');
  Object.assign(member.state, { source, synchronous });
  delete member.state.sealed;
  await fleet.startAsReplica(member, source);
  fleet.applyAll();
  await fleet.applySynchrony();
}

export async function follow(
  fleet: RunningFleet,
  instance: string,
  source: string,
  { synchronous = false }: Following = {},
): Promise<void> {
  const member = fleet.memberOf(instance);
  fleet.memberOf(source);
  Object.assign(member.state, { source, synchronous });
  member.follow();
  await fleet.applySynchrony();
}

export async function hasReceivedAll(fleet: RunningFleet, instance: string): Promise<boolean> {
  const member = fleet.memberOf(instance);
  const { source } = member.state;
  if (source === undefined) return true;
  const position = 'SELECT pg_current_wal_flush_lsn()::text AS lsn';
  const [written] = (await fleet.memberOf(source).pool().query<{ lsn: string }>(position)).rows;
  return (await received(member)) >= bytesOf(String(written?.lsn));
}

export async function takeOver(fleet: RunningFleet, instance: string, old: string): Promise<void> {
  const [member, from] = [fleet.memberOf(instance), fleet.memberOf(old)];
  if (from.server) await from.stop('hang', 'immediate');
  const others = [...fleet.members.values()].filter(({ state: { source } }) => source === old);
  const reached = new Map<Member, bigint>();
  for (const other of others) if (other.server) reached.set(other, await received(other));
  const own = reached.get(member);
  await promote(fleet, instance);
  for (const other of others.filter((follower) => follower !== member)) {
    const has = reached.get(other);
    if (own !== undefined && has !== undefined && has > own) await rebuild(fleet, other.instance, instance);
    else await follow(fleet, other.instance, instance);
  }
}

export async function promote(fleet: RunningFleet, instance: string): Promise<void> {
  const member = fleet.memberOf(instance);
  // A server that is none any more refuses pg_promote, so it is only asked of one that is in recovery.
  const sql = 'SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote(true, 60) ELSE true END AS done';
  const { rows } = await member.pool().query<{ done: boolean }>(sql);
  if (rows[0]?.done !== true) throw new Error(`The replica ${instance} did not become a primary within 60 s.`);
  delete member.state.source;
  delete member.state.synchronous;
  await member.closeLink();
  await fleet.applySynchrony();
}

export function seal(fleet: RunningFleet, instance: string): void {
  fleet.memberOf(instance).state.sealed = true;
  fleet.applyAll();
}

export async function stop(fleet: RunningFleet, instance: string, down: 'hang' | 'refuse'): Promise<void> {
  await fleet.memberOf(instance).stop(down, down === 'hang' ? 'immediate' : 'fast');
  fleet.applyAll();
  await fleet.applySynchrony();
}

export async function start(fleet: RunningFleet, instance: string): Promise<void> {
  const member = fleet.memberOf(instance);
  const { source, unfinished } = member.state;
  delete member.state.sealed;
  if (!member.server) {
    if (source !== undefined && unfinished) await fleet.startAsReplica(member, source);
    else {
      if (source !== undefined) await fleet.pointAt(member);
      await member.start();
    }
  }
  fleet.applyAll();
  await fleet.applySynchrony();
}

export async function remove(fleet: RunningFleet, instance: string): Promise<void> {
  await fleet.discard(fleet.memberOf(instance));
  await fleet.applySynchrony();
}

export async function rename(fleet: RunningFleet, instance: string, to: string): Promise<{ port: number }> {
  const { state, members } = fleet;
  const member = fleet.memberOf(instance);
  if (instance === to) return { port: member.port };
  fleet.assertFree(to);
  await member.shut();
  state.servers[to] = member.state;
  delete state.servers[instance];
  members.delete(instance);
  members.set(to, member);
  member.instance = to;
  for (const server of Object.values(state.servers)) if (server.source === instance) server.source = to;
  for (const alias of Object.keys(state.aliases)) if (state.aliases[alias] === instance) state.aliases[alias] = to;
  await member.open();
  fleet.applyAll();
  return { port: member.port };
}

export async function pointAlias(fleet: RunningFleet, alias: string, instance: string): Promise<{ port: number }> {
  fleet.memberOf(instance);
  fleet.state.aliases[alias] = instance;
  const front = fleet.aliases.get(alias);
  if (!front) return { port: (await fleet.openAlias(alias)).port };
  front.apply();
  front.cut();
  return { port: front.port };
}

/** Position up to which a replica has its source's log. */
async function received(member: Member): Promise<bigint> {
  const sql = 'SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text AS lsn';
  const { rows } = await member.pool().query<{ lsn: string | null }>(sql);
  return bytesOf(rows[0]?.lsn ?? '0/0');
}

/** A position in the log, as a count of bytes. */
function bytesOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
