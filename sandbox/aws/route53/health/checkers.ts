import { conditionOf } from '../../../world/condition.ts';
import { fraction } from '../../../world/random.ts';
import type { WorldState } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';
import { lookUp } from '../../look-up.ts';
import type { HealthCheck } from './health-check.ts';

/** World seconds until name servers follow a routing control. */
const ROUTING_CONTROL_SECONDS = [1, 3] as const;
/** Of a check that turns: what it has found is in effect. */
const TURNED = 'route53.health-turned';
/** The next look of a check at an address of the product. */
const LOOK = 'route53.health-look';

/** Asks an https address of the world, from outside: the status of the answer, 0 when there is none. */
export type Probe = (url: string) => Promise<number>;

/**
 * Lets Route 53's health checkers follow the world. What is a fact of its state (an object in S3, a routing control) is
 * seen when it changes, and counts when as many looks have found it as the check wants; addresses of the product are
 * really asked by `probe`. Call it before `world.start()`.
 */
export function startHealthCheckers(world: World, { probe }: { probe?: Probe } = {}): { close(): void } {
  const checks = () => Object.values(world.state.route53.healthChecks ?? {});
  const follow = () => {
    for (const check of checks()) {
      if (check.config.disabled) continue;
      const found = factOf(world.state, check);
      if (found !== undefined) turn(world, check, found);
      else if (isProbed(check)) keepLooking(world, check.id);
    }
  };
  world.handle(TURNED, ({ id }) => {
    const check = lookUp(world.state.route53.healthChecks, String(id));
    if (check) settle(check, world.clock.now());
  });
  world.handle(LOOK, ({ id }) => {
    const check = lookUp(world.state.route53.healthChecks, String(id));
    if (check?.config.type !== 'HTTPS' || check.config.disabled) return;
    world.schedule(check.config.interval * 1000, LOOK, { id: check.id });
    const { host, port, path } = check.config;
    const asking = probe?.(`https://${host}${port === 443 ? '' : `:${port}`}${path}`) ?? Promise.resolve(0);
    void asking.catch(() => 0).then((status) => count(check, status >= 200 && status < 400, world.clock.now()));
  });
  world.on('fault', follow);
  world.on('changed', follow);
  follow();
  return {
    close() {
      world.off('fault', follow);
      world.off('changed', follow);
    },
  };
}

/** The address of an object in S3: bucket, region and key. Undefined for every other address. */
function objectAt(host: string, path: string): { bucket: string; region: string; key: string } | undefined {
  const match = /^(.+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host.toLowerCase());
  const [, bucket, region] = match ?? [];
  return bucket && region ? { bucket, region, key: path.replace(/^\//, '') } : undefined;
}

/** Whether what a check looks at is well; undefined where that is no fact of the state. */
function factOf(state: WorldState, { config }: HealthCheck): boolean | undefined {
  if (config.type === 'RECOVERY_CONTROL') return state.routingControls?.controls[config.routingControl]?.state === 'On';
  if (config.type !== 'HTTPS') return undefined;
  const object = objectAt(config.host, config.path);
  if (!object) return undefined;
  const { region, bucket, key } = object;
  if (conditionOf(state, { region, part: 'api', from: 'users' }) !== 'up') return false;
  const held = lookUp(state.s3?.buckets, bucket);
  // Who signs nothing gets 403 of everything that not everybody may read.
  return held?.region === region && held.publicRead === true && lookUp(held.objects, key) !== undefined;
}

function isProbed({ config }: HealthCheck): boolean {
  return config.type === 'HTTPS' && objectAt(config.host, config.path) === undefined;
}

function keepLooking(world: World, id: string): void {
  if (!world.state.scheduled.some(({ kind, data }) => kind === LOOK && data.id === id)) world.schedule(0, LOOK, { id });
}

function turn(world: World, check: HealthCheck, found: boolean): void {
  const now = world.clock.now();
  settle(check, now);
  if (found === check.passing) delete check.turning;
  else if (!check.turning) {
    check.turning = { passing: found, at: now + delayOf(world, check) };
    world.scheduleAt(check.turning.at, TURNED, { id: check.id });
  }
}

/** World milliseconds until as many looks as the check wants have found what is so from now on. */
function delayOf(world: World, { id, config }: HealthCheck): number {
  if (config.type !== 'HTTPS') return world.latency(ROUTING_CONTROL_SECONDS, 'route53.health', id);
  const interval = config.interval * 1000;
  const since = world.clock.now() - world.state.startedAt + interval * fraction(world.state.seed, 'health check', id);
  return interval - (since % interval) + (config.threshold - 1) * interval;
}

function settle(check: HealthCheck, now: number): void {
  if (!check.turning || now < check.turning.at) return;
  Object.assign(check, { passing: check.turning.passing, since: check.turning.at });
  delete check.turning;
}

function count(check: HealthCheck, found: boolean, now: number): void {
  check.streak = found === check.passing ? 0 : check.streak + 1;
  if (check.config.type !== 'HTTPS' || check.streak < check.config.threshold) return;
  Object.assign(check, { passing: found, since: now, streak: 0 });
}
