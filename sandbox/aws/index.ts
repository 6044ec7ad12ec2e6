import type { Ports } from '../listen.ts';
import type { World } from '../world/world.ts';
import { chooseByScope } from './account.ts';
import { routingControlEndpoint } from './arc/index.ts';
import { type Responder, startEndpoint } from './endpoint.ts';
import { queryProtocol } from './query/protocol.ts';
import { handleAvailability } from './rds/availability.ts';
import { type BackupHooks, handleBackups, NO_SERVERS } from './rds/backups/index.ts';
import { handlePromotions, type PromotionHooks } from './rds/promotion.ts';
import { NO_DATABASE_SERVERS, type Servers } from './rds/servers.ts';
import { followPropagation } from './route53/change-resource-record-sets.ts';
import { type Probe, startHealthCheckers } from './route53/health/checkers.ts';
import { ROUTE53_REGION, route53Protocol } from './route53/protocol.ts';
import { queryServices, regionalAnswer, regionalServices } from './services.ts';

export { SANDBOX_CREDENTIALS } from './credentials.ts';
export { effectiveWeights } from './elbv2/weights.ts';
export type { PromotionHooks } from './rds/promotion.ts';
export { effectiveRecord } from './route53/record.ts';
export { regionalServices } from './services.ts';

export interface AwsEndpoints {
  /** One endpoint URL per region, for RDS, ELBv2 and STS. */
  regions: Record<string, string>;
  /** Route 53's control plane; its clients sign for us-east-1. */
  route53: string;
  /** Data-plane endpoints of the routing controls, by `routing-control/<region>`; empty where the system has none. */
  routingControls: Record<string, string>;
  /** All of them behind one URL, for tools that know only one: the signature says which region and service is meant. */
  account: string;
  /** Resolves when what the nightly snapshots hold is kept: nobody should write before. */
  backupsKept: Promise<void>;
  /** Where they listen, by `aws`, `aws/<region>` and `aws/route53`. */
  ports: Ports;
  close(): Promise<void>;
}

/**
 * Serves the simulated account over HTTP on loopback: on `ports` as an earlier start gave them, where they can be had,
 * otherwise on free ones. Registers what the world needs to finish promotions that a saved world had begun, so it must
 * be called before `world.start()`.
 */
export async function startAwsEndpoints(
  world: World,
  options: PromotionHooks & {
    ports?: Ports;
    backups?: BackupHooks;
    /** The servers that restarts and failovers act on. */
    servers?: Servers;
    /** How health checkers ask an address of the product; absent: nothing answers them. */
    probe?: Probe;
  },
): Promise<AwsEndpoints> {
  const { ports = {}, backups = NO_SERVERS, servers = NO_DATABASE_SERVERS, probe, ...hooks } = options;
  handlePromotions(world, hooks);
  const followers = [followPropagation(world), startHealthCheckers(world, probe && { probe })];
  const backupsKept = handleBackups(world, backups);
  // Whoever waits for it learns of a failure; until then it is nobody's.
  backupsKept.catch(() => undefined);
  followers.push(handleAvailability(world, servers));
  const names = [...new Set([...Object.keys(world.state.rds), ...Object.keys(world.state.elbv2)])].sort();
  const regions = Object.fromEntries(
    names.map((region): [string, Responder] => [
      region,
      {
        condition: () => world.conditionOf({ region, part: 'api', from: 'lifeboat' }),
        answer: regionalAnswer(world, region),
      },
    ]),
  );
  const controlPlane = (signedFor?: readonly string[]): Responder => ({
    condition: () => controlPlaneCondition(world),
    answer: route53Protocol(world, signedFor),
  });
  const routingControls = Object.fromEntries(
    (world.state.routingControls?.regions ?? []).map((region) => [region, routingControlEndpoint(world, region)]),
  );
  const elsewhere: Responder = {
    condition: () => 'up',
    answer: queryProtocol(world, undefined, queryServices),
  };

  const start = (name: string, responder: Responder) =>
    startEndpoint({ choose: () => responder, condition: responder.condition, port: ports[name] });
  const choose = chooseByScope(world, {
    regions,
    services: regionalServices,
    // With an endpoint URL of their own, the tools sign for the region that they are given.
    route53: controlPlane([...new Set([ROUTE53_REGION, ...names])]),
    routingControls,
    elsewhere,
  });
  const account = await startEndpoint({ choose, port: ports.aws });
  const regional = await Promise.all(
    names.map(async (name) => [name, await start(`aws/${name}`, regions[name] ?? elsewhere)] as const),
  );
  const route53 = await start('aws/route53', controlPlane());

  const recovery = await Promise.all(
    Object.entries(routingControls).map(async ([region, responder]) => {
      const name = `routing-control/${region}`;
      return [name, await start(name, responder)] as const;
    }),
  );

  const endpoints = [account, route53, ...[...regional, ...recovery].map(([, endpoint]) => endpoint)];
  const onFault = () => {
    for (const endpoint of endpoints) endpoint.applyCondition();
  };
  world.on('fault', onFault);
  return {
    backupsKept,
    regions: Object.fromEntries(regional.map(([region, endpoint]) => [region, endpoint.url])),
    route53: route53.url,
    routingControls: Object.fromEntries(recovery.map(([name, endpoint]) => [name, endpoint.url])),
    account: account.url,
    ports: {
      aws: account.port,
      'aws/route53': route53.port,
      ...Object.fromEntries(regional.map(([region, endpoint]) => [`aws/${region}`, endpoint.port])),
      ...Object.fromEntries(recovery.map(([name, endpoint]) => [name, endpoint.port])),
    },
    async close() {
      world.off('fault', onFault);
      for (const follower of followers) follower.close();
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    },
  };
}

/** Route 53's control plane fails by itself, whatever happens to the region it lives in; name servers go on. */
function controlPlaneCondition(world: World): 'up' | 'hang' {
  return world.state.faults.some(({ name }) => name === 'route53-control-plane-down') ? 'hang' : 'up';
}
