import { readFileSync } from 'node:fs';
import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { parse } from 'yaml';
import { createAuthority } from '../../../sandbox/authority.ts';
import { startKubernetesApis } from '../../../sandbox/kubernetes/server.ts';
import type { Ports } from '../../../sandbox/listen.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { System } from '../../../src/domain/system.ts';
import { wireOf } from './wire.ts';

export const system = System.parse(parse(readFileSync('runbooks/chatbot/system.yaml', 'utf8')));
export const EAST = system.regions.primary;
export const WEST = system.regions.secondary;
export const NAMESPACE = system.kubernetes.namespace;
export const FULL = { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 };

/** The world of a healthy chatbot, with databases that listen on `databasePort`. */
export function createWorld({
  speed,
  databasePort = 1,
  ahead = 0,
}: {
  speed: number;
  databasePort?: number;
  /** Milliseconds by which the world's clock is ahead of the machine's. */
  ahead?: number;
}): World {
  const now = Date.now();
  const anchor = { machine: now, world: now + ahead, speed };
  const { primary, replica } = system.database;
  const state = createWorldState({
    system,
    systemName: 'chatbot',
    seed: 1,
    now,
    profiles: { full: FULL },
    databasePorts: { [primary.instance]: databasePort, [replica.instance]: databasePort },
  });
  return new World(createWorldClock(anchor), state);
}

export async function startClusters({
  speed = 100,
  world = createWorld({ speed }),
  ...earlier
}: {
  speed?: number;
  world?: World;
  ports?: Ports;
  token?: string;
} = {}) {
  const apis = await startKubernetesApis(world, { authority: await createAuthority(), system, ...earlier });
  world.start();
  const clientsOf = (region: string) => {
    const config = new KubeConfig();
    config.loadFromString(apis.kubeconfig);
    config.setCurrentContext(system.kubernetes.contexts[region] ?? '');
    return {
      config,
      apps: config.makeApiClient(AppsV1Api),
      core: config.makeApiClient(CoreV1Api),
      autoscaling: config.makeApiClient(AutoscalingV2Api),
    };
  };
  return {
    world,
    apis,
    /** The API of a region without a client in between. */
    wire: (region: string) => wireOf(apis.kubeconfig, system.kubernetes.contexts[region] ?? ''),
    west: clientsOf(WEST),
    east: clientsOf(EAST),
    async close() {
      world.stop();
      await apis.close();
    },
  };
}

export const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
export const strategicPatch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
export const plainText = setHeaderOptions('Content-Type', 'text/plain');
export const applyPatch = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);

/** Resolves when `holds` does; looks again whenever the world changes, or answers a call. */
export async function until(world: World, holds: () => boolean, at: 'changed' | 'call' = 'changed'): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => world.once(at, () => resolve()));
}

/** The refusal of a call: the code and the body's reason. */
export async function refusal(call: Promise<unknown>): Promise<{ code: number; reason?: string; message?: string }> {
  try {
    await call;
  } catch (error) {
    const { code, body } = error as { code: number; body?: string };
    const status = (body ? JSON.parse(body) : {}) as { reason?: string; message?: string };
    return { code, ...status };
  }
  throw new Error('the call was not refused');
}
