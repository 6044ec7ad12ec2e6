import { readFileSync } from 'node:fs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { parse } from 'yaml';
import { type AwsEndpoints, SANDBOX_CREDENTIALS, startAwsEndpoints } from '../../../sandbox/aws/index.ts';
import type { Ports } from '../../../sandbox/listen.ts';
import type { Databases } from '../../../sandbox/postgres/databases.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import type { WorldState } from '../../../sandbox/world/state.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { System } from '../../../src/domain/system.ts';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';

export const chatbot = System.parse(parse(readFileSync('runbooks/chatbot/system.yaml', 'utf8')));

const STARTED = Date.UTC(2026, 0, 5, 9);

export function healthyState(seed = 1): WorldState {
  return createWorldState({
    system: chatbot,
    systemName: 'chatbot',
    seed,
    now: STARTED,
    profiles: { full: { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 } },
    databasePorts: { 'chatbot-prod': 5401, 'chatbot-prod-replica-west': 5402 },
  });
}

export interface Sandbox {
  world: World;
  endpoints: AwsEndpoints;
  promoted: string[];
  rds(region?: string): RDSClient;
  elbv2(region?: string): ElasticLoadBalancingV2Client;
  sts(region?: string): STSClient;
  route53(): Route53Client;
  close(): Promise<void>;
}

export interface SandboxOptions {
  state?: WorldState;
  /** World seconds per machine second. */
  speed?: number;
  promoteDatabase?: (instanceId: string) => Promise<void>;
  /** Starts the servers that restarts and failovers act on; ended with the sandbox. */
  startServers?: (world: World) => Promise<Databases>;
  /** Where an earlier sandbox listened. */
  ports?: Ports;
}

/** A running world with its AWS endpoints, and official clients for them that never retry. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { state = healthyState(), speed = 600 } = options;
  const machine = Date.now();
  const clock = createWorldClock({ machine, world: STARTED, speed });
  const world = new World(clock, state);
  const promoted: string[] = [];
  const promoteDatabase =
    options.promoteDatabase ??
    (async (instanceId: string) => {
      promoted.push(instanceId);
    });
  const servers = await options.startServers?.(world);
  const endpoints = await startAwsEndpoints(world, {
    promoteDatabase,
    ...(servers && { servers }),
    ...(options.ports && { ports: options.ports }),
  });
  world.start();

  const clients: { destroy(): void }[] = [];
  const kept = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  const configuration = (region: string) => ({
    region,
    endpoint: endpoints.regions[region] ?? '',
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
  return {
    world,
    endpoints,
    promoted,
    rds: (region = WEST) => kept(new RDSClient(configuration(region))),
    elbv2: (region = WEST) => kept(new ElasticLoadBalancingV2Client(configuration(region))),
    sts: (region = WEST) => kept(new STSClient(configuration(region))),
    route53: () => kept(new Route53Client({ ...configuration(EAST), endpoint: endpoints.route53 })),
    async close() {
      for (const client of clients) client.destroy();
      world.stop();
      await endpoints.close();
      await servers?.close();
    },
  };
}

/** Resolves when the next call has come in, and before it is carried out. */
export function nextCall({ world }: Sandbox): Promise<void> {
  return new Promise((resolve) => {
    const takeTime = world.takeTime.bind(world);
    world.takeTime = (milliseconds, signal) => {
      resolve();
      return takeTime(milliseconds, signal);
    };
  });
}

/** Looks every few machine milliseconds until `look` gives something; fails after `seconds`. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`still not so after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How a call was refused: the error's name and message. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string; status?: number }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = Reflect.get(error, '$metadata');
    const status: unknown =
      typeof metadata === 'object' && metadata ? Reflect.get(metadata, 'httpStatusCode') : undefined;
    return { name: error.name, message: error.message, ...(typeof status === 'number' ? { status } : {}) };
  }
  throw new Error('the call was not refused');
}
