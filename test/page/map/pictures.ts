import type { DatabasePicture, Picture } from '../../../sandbox/control/wire.ts';
import type { Fault } from '../../../sandbox/world/state.ts';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';
export const PRIMARY = 'chatbot-prod';
export const REPLICA = 'chatbot-prod-replica-west';

export const regionDown: Fault = { name: 'region-down', target: EAST, since: 1 };
export const regionRefuse: Fault = { name: 'region-refuse', target: EAST, since: 1 };
export const controlPlaneDown: Fault = { name: 'route53-control-plane-down', since: 1 };

export const pods = (ready: number, wanted: number, database: string, updated = wanted): Picture['pods'][string] => ({
  ready,
  wanted,
  deployments: [{ name: 'chatbot-api', ready, wanted, updated }],
  database,
});

const primary: DatabasePicture = {
  instance: PRIMARY,
  region: EAST,
  status: 'available',
  role: 'primary',
  writable: true,
};
const replica: DatabasePicture = {
  instance: REPLICA,
  region: WEST,
  status: 'available',
  role: 'replica',
  writable: false,
};

/** The world in order: users write in the east, which the west replicates. */
export function healthy(change: Partial<Picture> = {}): Picture {
  return {
    dns: { record: 'api.chatbot.com', region: EAST, ttlSeconds: 60, resolvers: resolvers(EAST, EAST) },
    loadBalancers: { [EAST]: 'service', [WEST]: 'standby' },
    pods: { [EAST]: pods(35, 35, PRIMARY), [WEST]: pods(4, 4, PRIMARY) },
    databases: [primary, replica],
    replication: { from: PRIMARY, to: REPLICA, state: 'streaming', lagSeconds: 0 },
    writesTo: PRIMARY,
    client: { acknowledged: 28, failed: 0, lost: 0, successRate: 1 },
    underWay: [],
    ...change,
  };
}

/** The east does not answer, and nothing was done yet. */
export const broken = (change: Partial<Picture> = {}) =>
  healthy({
    replication: { from: PRIMARY, to: REPLICA, state: 'cut off', lagSeconds: 90 },
    client: { acknowledged: 28, failed: 12, lost: 0, successRate: 0, lastFailure: 'timeout' },
    ...change,
  });

/** Users write in the west, which was promoted. */
export const moved = (change: Partial<Picture> = {}) =>
  healthy({
    dns: { record: 'api.chatbot.com', region: WEST, ttlSeconds: 60, resolvers: resolvers(WEST, WEST) },
    loadBalancers: { [EAST]: 'service', [WEST]: 'service' },
    pods: { [EAST]: pods(35, 35, PRIMARY), [WEST]: pods(35, 35, REPLICA) },
    databases: [primary, { ...replica, role: 'primary', writable: true }],
    replication: { from: PRIMARY, to: REPLICA, state: 'ended', lagSeconds: 0 },
    writesTo: REPLICA,
    ...change,
  });

/** What the two public resolvers remember. */
export function resolvers(cloudflare: string, google: string): Picture['dns']['resolvers'] {
  return [
    { name: 'cloudflare', region: cloudflare, secondsLeft: 34 },
    { name: 'google', region: google, secondsLeft: 41 },
  ];
}
