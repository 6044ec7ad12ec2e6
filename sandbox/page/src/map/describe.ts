import type { MapFacts, RegionFacts } from './facts.ts';
import type { Obstacle, Route } from './routes.ts';

const OBSTACLES: Record<Obstacle, string> = {
  hangs: 'no answer',
  refuses: 'refused',
  'standby page': 'standby page',
  'no pods': 'no pod is ready',
  'no database': 'no database',
  'read only': 'read only',
  fenced: 'writes refused',
};

/** Where a way is broken, in the fewest words. */
export function obstacleWords(obstacle: Obstacle): string {
  return OBSTACLES[obstacle];
}

/** What the map shows, as sentences for those who do not see it. Pure. */
export function describeMap(facts: MapFacts): string[] {
  const { users, dns, regions, routes, replication } = facts;
  return [
    `Users: ${users.text}.`,
    `DNS: ${dns.record} leads to ${dns.region ?? 'nobody'}, to be remembered for ${dns.ttlSeconds} seconds.`,
    ...(dns.underWay ? ['A change of the record is under way.'] : []),
    ...(dns.canChange ? [] : ['Records cannot be changed.']),
    ...dns.resolvers
      .filter(({ isStale }) => isStale)
      .map(
        ({ name, region, secondsLeft }) => `${name} still answers ${region ?? 'nothing'} for ${secondsLeft} seconds.`,
      ),
    ...routes.map(routeSentence),
    ...regions.flatMap(regionSentences),
    ...(replication
      ? [`Replication from ${replication.from} to ${replication.to}: ${replication.text}, ${replication.detail}.`]
      : []),
  ];
}

function routeSentence({ region, hops, broken }: Route): string {
  if (broken) return `Writes to ${region} end at ${placeOf(broken.at)}: ${obstacleWords(broken.obstacle)}.`;
  const last = hops.at(-1);
  return `Writes go through ${region} to ${last ? placeOf(last.to) : 'its database'}.`;
}

function placeOf(node: string): string {
  const [kind, ...rest] = node.split(' ');
  const name = rest.join(' ');
  if (kind === 'balancer') return `the load balancer in ${name}`;
  if (kind === 'services') return `the services in ${name}`;
  return kind === 'database' ? `the database ${name}` : node;
}

function regionSentences({ name, condition, badge, balancer, services, databases }: RegionFacts): string[] {
  // What does not answer does not tell how many pods it has.
  const known = condition === 'up' ? services.deployments : [];
  const deployments = known.map((one) => `${one.name} ${one.ready} of ${one.wanted}`).join(', ');
  return [
    `Region ${name}: ${badge.text}.`,
    `Load balancer in ${name}: ${balancer.text}.`,
    `Services in ${name}: ${services.text}${deployments === '' ? '' : ` (${deployments})`}.`,
    ...databases.map(({ instance, text }) => `Database ${instance} in ${name}: ${text}.`),
  ];
}
