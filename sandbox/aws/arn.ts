import type { WorldState } from '../world/state.ts';

/** The account that everything in the world belongs to, as the load balancers' ARNs name it. */
export function accountOf(state: WorldState): string {
  const arn = Object.values(state.elbv2)[0]?.loadBalancerArn;
  return arn?.split(':')[4] || '123456789012';
}

export function databaseArn(account: string, region: string, identifier: string): string {
  return `arn:aws:rds:${region}:${account}:db:${identifier}`;
}

/** Region and identifier that an RDS instance's ARN names; undefined for a plain identifier. */
export function readDatabaseArn(text: string): { region: string; identifier: string } | undefined {
  const match = /^arn:aws[\w-]*:rds:([^:]+):\d{12}:db:(.+)$/.exec(text);
  return match?.[1] && match[2] ? { region: match[1], identifier: match[2] } : undefined;
}

/** The parts of a load balancer's, listener's or target group's ARN; undefined when it is none of them. */
export function readElbArn(
  text: string,
): { region: string; account: string; kind: string; name: string; path: string[] } | undefined {
  const match =
    /^arn:aws[\w-]*:elasticloadbalancing:([^:]+):(\d{12}):(loadbalancer\/app|listener\/app|targetgroup)\/(.+)$/.exec(
      text,
    );
  const [, region, account, kind, rest] = match ?? [];
  const path = rest?.split('/') ?? [];
  return region && account && kind && path[0] ? { region, account, kind, name: path[0], path } : undefined;
}

/** The ARN of the application load balancer that a listener belongs to; undefined when it is no listener's ARN. */
export function loadBalancerOfListener(listenerArn: string): string | undefined {
  const listener = readElbArn(listenerArn);
  if (listener?.kind !== 'listener/app' || !listener.path[1]) return undefined;
  return `arn:aws:elasticloadbalancing:${listener.region}:${listener.account}:loadbalancer/app/${listener.name}/${listener.path[1]}`;
}
