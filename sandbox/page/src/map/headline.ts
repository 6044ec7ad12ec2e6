import type { MapFacts, State } from './facts.ts';
import type { Obstacle, Route } from './routes.ts';

/** The state of the whole in one or two sentences, without figures that change all the time: it is read aloud. Pure. */
export function headline(facts: MapFacts): State {
  const { routes, dns } = facts;
  const [first] = routes;
  if (!first) return { tone: 'bad', text: `Nobody answers for ${dns.record}. Users cannot write.` };
  const broken = routes.filter((route) => route.broken);
  if (broken.length === routes.length)
    return { tone: 'bad', text: join(cause(first), 'Users cannot write.', doing(facts)) };
  const open = routes.find((route) => !route.broken) ?? first;
  const [stale] = broken;
  if (stale) {
    const who = stale.resolvers.join(' and ');
    const verb = stale.resolvers.length === 1 ? 'remembers' : 'remember';
    return { tone: 'warn', text: `DNS names ${dns.region}; ${who} still ${verb} ${stale.region}.` };
  }
  if (open.hops.every(({ state }) => state === 'open') && facts.users.acknowledged + facts.users.failed > 0) {
    return { tone: 'warn', text: `${open.region} is open to users; no write has arrived yet.` };
  }
  const doubts = doubtsOf(facts);
  return { tone: doubts === '' ? 'good' : 'warn', text: join(`Users write in ${open.region}.`, doubts) };
}

function cause({ region, broken }: Route): string {
  const [, name = region] = broken?.at.match(/^\S+ (.*)$/) ?? [];
  const sentences: Record<Obstacle, string> = {
    hangs: `${name} does not answer.`,
    refuses: `${name} refuses connections.`,
    'standby page': `The load balancer in ${region} shows the standby page.`,
    'no pods': `No service is ready in ${region}.`,
    'no database': `The services in ${region} know no database.`,
    'read only': `${name} is read only.`,
    fenced: `${name} refuses writes.`,
  };
  return sentences[broken?.obstacle ?? 'hangs'];
}

/** What is being done about it. */
function doing({ regions, dns }: MapFacts): string {
  const promoted = regions.flatMap(({ databases }) => databases).find(({ underWay }) => underWay);
  if (promoted) return 'The replica is being promoted.';
  return dns.underWay ? 'DNS is being changed.' : '';
}

/** What is not as it should be although users can write. */
function doubtsOf({ regions, replication, dns }: MapFacts): string {
  const [down] = regions.filter(({ condition }) => condition !== 'up');
  const unfenced = regions
    .flatMap(({ databases }) => databases)
    .find(({ text }) => text.startsWith('takes writes too'));
  if (down) return `${down.name} ${down.condition === 'hangs' ? 'does not answer' : 'refuses connections'}.`;
  if (unfenced) return `${unfenced.instance} takes writes too.`;
  if (replication?.state === 'late') return 'The replica is late.';
  return dns.canChange ? '' : 'DNS cannot be changed.';
}

function join(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
