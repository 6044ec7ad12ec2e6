import type { System } from '../../src/domain/system.ts';
import type { Ports } from '../listen.ts';
import type { World } from '../world/world.ts';
import { cached } from './cache.ts';
import { type AnswerQuestion, type DnsAnswer, REFUSED, startDnsServer } from './server.ts';
import { answer, answeredSince, type Lookup } from './zone.ts';

export interface DnsServers {
  /** ip:port of the server that answers from the zone itself; UDP and TCP. */
  authoritative: string;
  /** One caching resolver for each of `system.dns.resolvers`, with that name. */
  resolvers: { name: string; address: string }[];
  /** What the name servers answer now, without any cache. */
  lookup(name: string, type?: string): Lookup;
  /** What each resolver answers from its memory, and until when (world time); those that have to ask are left out. */
  remembered(name: string, type?: string): { resolver: string; answer: DnsAnswer; until: number }[];
  /** Where they listen, by `dns` and `dns/<resolver>`. */
  ports: Ports;
  close(): Promise<void>;
}

const NOTHING: DnsAnswer = { code: 'NOERROR', authoritative: false, answers: [], authorities: [] };

/**
 * Starts the world's name servers on 127.0.0.1: on `ports` as an earlier start gave them, where they can be had,
 * otherwise on free ones. TTLs run in world time; caches begin empty.
 */
export async function startDnsServers(
  world: World,
  { system, ports = {} }: { system: System; ports?: Ports },
): Promise<DnsServers> {
  const asking = () => ({ state: world.state, system, now: world.clock.now() });
  const lookup = (name: string, type = 'A') => answer(asking(), name, type);
  let questions = 0;
  /** Multiples of the golden ratio share weighted records evenly at every number of questions. */
  const draw = () => (questions++ * 0.618_033_988_75) % 1;
  const fromZone = async (name: string, type: string): Promise<DnsAnswer> => {
    const { answers, exists, zone } = answer({ ...asking(), draw: draw() }, name, type);
    const complete = answers.some((answer) => answer.type === type);
    return {
      code: exists ? 'NOERROR' : 'NXDOMAIN',
      authoritative: true,
      answers,
      // Says how long the absence may be remembered.
      authorities: complete || zone === undefined ? [] : lookup(zone, 'SOA').answers,
    };
  };
  /** A name server that is asked for what is in no zone of its own does not answer for it. */
  const ofOwnZones: AnswerQuestion = async (name, type) => {
    const { answers, exists, zone } = lookup(name, type);
    return answers.length === 0 && !exists && zone === undefined ? REFUSED : fromZone(name, type);
  };
  /** Between a record's change and the end of a resolver's cached answer, users are still sent to the old place. */
  const recordStale = (name: string, until: number) => {
    const from = answeredSince(asking(), name);
    if (from === undefined || until <= from) return;
    world.recordTransition({
      service: 'dns',
      kind: 'cached-answer',
      resource: name,
      from,
      to: until,
    });
  };
  const authoritative = await startDnsServer({ recursive: false, answer: ofOwnZones, port: ports.dns });
  const resolvers = await Promise.all(
    system.dns.resolvers.map(async ({ name }) => {
      const source = cached(world.clock, fromZone, recordStale);
      // Who wants no recursion is told what is remembered, so that one can look without changing it.
      const answerFrom: AnswerQuestion = async (asked, type, recursionDesired) =>
        recursionDesired ? source(asked, type) : (source.recall(asked, type) ?? NOTHING);
      const server = await startDnsServer({ recursive: true, answer: answerFrom, port: ports[`dns/${name}`] });
      return { name, source, server };
    }),
  );
  return {
    authoritative: authoritative.address,
    resolvers: resolvers.map(({ name, server }) => ({ name, address: server.address })),
    lookup,
    remembered: (name, type = 'A') =>
      resolvers.flatMap(({ name: resolver, source }) => {
        const memory = source.remembered(name.toLowerCase(), type);
        return memory ? [{ resolver, ...memory }] : [];
      }),
    ports: {
      dns: authoritative.port,
      ...Object.fromEntries(resolvers.map(({ name, server }) => [`dns/${name}`, server.port])),
    },
    async close() {
      await Promise.all([authoritative, ...resolvers.map(({ server }) => server)].map((server) => server.close()));
    },
  };
}
