import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { parse } from 'yaml';
import type { Catalogue, CatalogueEntry } from '../src/domain/catalogue.ts';
import type { ClockAnchor } from '../src/domain/clock.ts';
import { InvalidInput } from '../src/domain/errors.ts';
import { freePort } from '../src/store/embedded/server.ts';
import { applicationConnection } from './kubernetes/initial.ts';
import type { Passwords } from './postgres/roles.ts';
import type { SavedWorld } from './saved/saved-world.ts';
import { createWorldState } from './world/initial.ts';
import { databaseNames } from './world/initial-databases.ts';
import type { WorldState } from './world/state.ts';
import { type Topology, USUAL_TOPOLOGY } from './world/topology.ts';

/** What a sandbox starts from: a healthy new world, or one that was saved. */
export interface Beginning {
  state: WorldState;
  anchor: ClockAnchor;
  passwords: Passwords;
  routingKeys: Record<string, string>;
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
  options: { systemName: string; seed: number; speed: number; topology?: Topology },
): Promise<Beginning> {
  const { speed, ...world } = options;
  const now = Date.now();
  const databasePorts = await freePorts(databaseNames(system, options.topology ?? USUAL_TOPOLOGY));
  const profiles = parse(config['scaling-profiles.yaml'] ?? '{}') as Record<string, Record<string, number>>;
  return {
    state: createWorldState({ system, ...world, now, profiles, databasePorts }),
    anchor: { machine: now, world: now, speed },
    passwords: {
      lifeboat: secret(),
      application: applicationConnection(system).password,
      superuser: secret(),
      replication: secret(),
    },
    routingKeys: Object.fromEntries(system.escalation.map(({ routingKey }) => [routingKey, secret(16)])),
  };
}

/** A saved world as it was left: no time has passed in it. */
export function savedBeginning(saved: SavedWorld): Beginning {
  const { state, now, speed, passwords, routingKeys } = saved;
  return { state, anchor: { machine: Date.now(), world: now, speed }, passwords, routingKeys };
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

/** A free port for each name; one after the other, so that none is given twice. */
async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const ports: [string, number][] = [];
  for (const name of names) ports.push([name, await freePort()]);
  return Object.fromEntries(ports);
}

function secret(bytes = 12): string {
  return randomBytes(bytes).toString('hex');
}
