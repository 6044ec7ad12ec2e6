import type { DatabaseInstance } from '../../../adapters/aws/rds.ts';
import type { Clients } from '../../../adapters/index.ts';
import { readReplication } from '../../../adapters/postgres/replication.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import { describeError, LifeboatError } from '../../../domain/errors.ts';
import { formatSeconds } from '../../../domain/format-seconds.ts';
import { instanceName } from '../../../domain/instance-name.ts';
import { withDatabase } from '../../postgres/database.ts';
import { type Place, placeOf } from '../place.ts';
import { lagOf } from './receiver.ts';
import type { Standing } from './standing.ts';

/** World seconds of writes that one whose replication RDS calls ended may lack and still have ended with the primary. */
const ENDED_WITH_IT = 60;

/** A read replica of the primary, and whether it could be promoted. */
export interface Candidate {
  region: string;
  instance: string;
  endpoint: string;
  port: number;
  zone: string;
  instanceClass: string;
  /** Bytes of WAL that it has received, as PostgreSQL itself says; 0 when it cannot be asked. */
  position: number;
  /** World seconds of the primary's sampled writes that it lacks; undefined when that is not known. */
  lagSeconds: number | undefined;
  /** Why it cannot be promoted, a clause; undefined when it can. */
  unfit?: string;
  /** Why it should not be: its replication was broken before the primary was lost. */
  broken?: string;
}

/** Every read replica that RDS or system.yaml names, asked side by side. */
export async function readCandidates(
  clients: Clients,
  context: ObserveContext,
  standing: Standing,
): Promise<Candidate[]> {
  const { database } = context.system;
  const places = [database.replica, ...standing.replicas.map((name) => placeOf(name, standing.region))];
  const distinct = new Map(places.map((place) => [instanceName(place), place]));
  return Promise.all([...distinct.values()].map((place) => readCandidate(clients, context, place, standing)));
}

/** One of them, whether or not it could be promoted. `primary`: what it has to be a replica of. */
export async function readCandidate(
  clients: Clients,
  context: ObserveContext,
  place: Place,
  primary: Place,
): Promise<Candidate> {
  const unknown = { endpoint: '', port: 0, zone: '', instanceClass: '', position: 0, lagSeconds: undefined };
  let found: DatabaseInstance;
  try {
    found = await clients.aws.rds.describe(place.region, place.instance, context.signal);
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { ...place, ...unknown, unfit: clause(describeError(error)) };
  }
  const { endpoint, port, zone, instanceClass, source, status } = found;
  const seen = { ...place, endpoint, port, zone, instanceClass };
  const unfit = notOf(primary, source, place.region);
  if (unfit !== undefined) return { ...seen, position: 0, lagSeconds: undefined, unfit };
  if (status !== 'available') return { ...seen, position: 0, lagSeconds: undefined, unfit: `it is ${status}` };
  try {
    const { position, role } = await withDatabase(clients, context, place, (session) =>
      readReplication(session, context.signal),
    );
    const lagSeconds = await lagOf(context, `database/${context.system.database.primary.instance}`, position);
    const asked = { ...seen, position, lagSeconds };
    if (role === 'primary') return { ...asked, unfit: 'it is a primary already' };
    const broken = brokenReplication(found, lagSeconds);
    return broken === undefined ? asked : { ...asked, broken };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { ...seen, position: 0, lagSeconds: undefined, unfit: clause(describeError(error)) };
  }
}

/**
 * Why an instance is no replica of the primary, a clause; undefined when it is one. The replica of a database that was
 * damaged, and replaced under its name, holds what was to be left behind. Pure; `source` as RDS names it in `region`.
 */
export function notOf(primary: Place, source: string, region: string): string | undefined {
  if (source === '') return 'it is no read replica';
  const of = instanceName(placeOf(source, region));
  return of === instanceName(primary) ? undefined : `it is a replica of ${of}, not of the primary`;
}

/** What PostgreSQL says when the other side is gone: that is the primary's failure, not the replica's. */
const PRIMARY_GONE = /could not connect to the primary server/;

/**
 * Why a replica's replication is broken, a clause; undefined when it is not. It ends with a primary that is lost; one that
 * ended long before has a replica that lacks more. Pure.
 */
export function brokenReplication(
  { replication, replicationError }: Pick<DatabaseInstance, 'replication' | 'replicationError'>,
  lagSeconds: number | undefined,
): string | undefined {
  if (replication === '' || replication === 'replicating' || PRIMARY_GONE.test(replicationError)) return undefined;
  if (lagSeconds !== undefined && lagSeconds <= ENDED_WITH_IT) return undefined;
  const lacks = lagSeconds === undefined ? 'an unknown part' : formatSeconds(lagSeconds);
  return `its replication is broken (RDS: ${replication}), and it lacks ${lacks} of the writes`;
}

function clause(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

interface Rule {
  /** The greater, the better. */
  better(one: Candidate): number;
  /** Why one that is worse by this rule was not chosen. */
  why(one: Candidate, best: Candidate): string;
}

/** What was chosen, and why each of the others was not. */
export interface Choice {
  /** One that is broken only where no other can be promoted at all: people may decide for it. */
  chosen: Candidate | undefined;
  notChosen: { instance: string; region: string; reason: string }[];
}

/**
 * The healthiest replica: the one that has received most; of equals, one in the primary's region (services there reach it
 * without crossing the country), in another zone than the primary's, of the primary's class. Pure.
 */
export function choose(candidates: readonly Candidate[], { region, zone, instanceClass }: Standing): Choice {
  const order: Rule[] = [
    {
      better: ({ broken }) => Number(broken === undefined),
      why: ({ broken }) => broken ?? 'it is broken',
    },
    {
      better: ({ position }) => position,
      why: (one, best) =>
        `it has received ${Math.round(best.position - one.position).toLocaleString('en-US')} bytes less`,
    },
    { better: (one) => Number(one.region === region), why: (one) => `it is in another region (${one.region})` },
    { better: (one) => Number(zone === '' || one.zone !== zone), why: () => `it is in the primary's zone (${zone})` },
    {
      better: (one) => Number(instanceClass === '' || one.instanceClass === instanceClass),
      why: (one) => `its class is ${one.instanceClass}, the primary's ${instanceClass}`,
    },
  ];
  const fit = candidates
    .filter(({ unfit }) => unfit === undefined)
    .toSorted(
      (one, other) =>
        order.map(({ better }) => better(other) - better(one)).find((difference) => difference !== 0) ??
        one.instance.localeCompare(other.instance),
    );
  const [chosen] = fit;
  const reasonOf = (one: Candidate): string => {
    if (one.unfit !== undefined || !chosen) return one.unfit ?? 'it cannot be promoted';
    const rule = order.find(({ better }) => better(one) !== better(chosen));
    return rule?.why(one, chosen) ?? 'it is as good, and comes later by name';
  };
  return {
    chosen,
    notChosen: candidates
      .filter((one) => one !== chosen)
      .map((one) => ({ instance: one.instance, region: one.region, reason: reasonOf(one) })),
  };
}
