import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { parse } from 'yaml';
import type { Catalogue, CatalogueEntry } from '../src/domain/catalogue.ts';
import type { ClockAnchor } from '../src/domain/clock.ts';
import { InvalidInput } from '../src/domain/errors.ts';
import type { System } from '../src/domain/system.ts';
import { freePort } from '../src/store/embedded/server.ts';
import { applicationConnection } from './kubernetes/initial.ts';
import type { Passwords } from './postgres/roles.ts';
import type { SavedWorld } from './saved/saved-world.ts';
import { createWorldState } from './world/initial.ts';
import type { WorldState } from './world/state.ts';

/** What a sandbox starts from: a healthy new world, or one that was saved. */
export interface Beginning {
  state: WorldState;
  anchor: ClockAnchor;
  passwords: Passwords;
  routingKeys: Record<string, string>;
  /** Port of the gate of each database instance. */
  databasePorts: Record<string, number>;
}

/** The system of this name. Throws InvalidInput, in a sentence, when there is none or it cannot be used. */
export function entryOf(catalogue: Catalogue, name: string): CatalogueEntry {
  const entry = catalogue.systems[name];
  if (entry) return entry;
  const broken = catalogue.problems.find(({ file }) => file.includes(`/${name}/`));
  if (broken) {
    const { file, line, column, message } = broken;
    throw new InvalidInput('system.broken', `${name} cannot be used: ${file}:${line}:${column} ${message}`);
  }
  const names = Object.keys(catalogue.systems).join(', ') || 'none';
  throw new InvalidInput('system.unknown', `There is no system "${name}"; there are: ${names}.`);
}

/** A healthy world; its time begins now. */
export async function newBeginning(
  { system, config }: CatalogueEntry,
  { systemName, seed, speed }: { systemName: string; seed: number; speed: number },
): Promise<Beginning> {
  const now = Date.now();
  const databasePorts = await eachInstance(system, () => freePort());
  const profiles = parse(config['scaling-profiles.yaml'] ?? '{}') as Record<string, Record<string, number>>;
  return {
    state: createWorldState({ system, systemName, seed, now, profiles, databasePorts }),
    anchor: { machine: now, world: now, speed },
    passwords: {
      lifeboat: secret(),
      application: applicationConnection(system).password,
      superuser: secret(),
      replication: secret(),
    },
    routingKeys: Object.fromEntries(system.escalation.map(({ routingKey }) => [routingKey, secret(16)])),
    databasePorts,
  };
}

/** A saved world as it was left: no time has passed in it. A port that somebody else has taken is replaced. */
export async function savedBeginning(system: System, saved: SavedWorld): Promise<Beginning> {
  const { state, now, speed, passwords, routingKeys } = saved;
  const instances = Object.values(state.rds).flatMap((byName) => Object.values(byName));
  const databasePorts = await eachInstance(system, async (name) => {
    const instance = instances.find(({ identifier }) => identifier === name);
    const port = await portOrFree(instance?.port);
    if (instance) instance.port = port;
    return port;
  });
  return { state, anchor: { machine: Date.now(), world: now, speed }, passwords, routingKeys, databasePorts };
}

/** This port where nobody listens on it, otherwise a free one. */
export async function portOrFree(port: number | undefined): Promise<number> {
  return port !== undefined && (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}

async function eachInstance(
  system: System,
  portOf: (instance: string) => Promise<number>,
): Promise<Record<string, number>> {
  const names = [system.database.primary.instance, system.database.replica.instance];
  const ports: [string, number][] = [];
  for (const name of names) ports.push([name, await portOf(name)]);
  return Object.fromEntries(ports);
}

function secret(bytes = 12): string {
  return randomBytes(bytes).toString('hex');
}
