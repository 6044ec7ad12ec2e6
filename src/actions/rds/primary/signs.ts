import { observationTimeout, within } from '../../../adapters/deadline.ts';
import type { Clients } from '../../../adapters/index.ts';
import type { Endpoint } from '../../../adapters/of-system.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import { describeError, LifeboatError } from '../../../domain/errors.ts';
import { instanceName } from '../../../domain/instance-name.ts';
import { askUsers } from '../../ask-users.ts';
import { lastEndpoint } from '../../postgres/database.ts';
import { newestFailover, readFailovers } from '../failover-events.ts';
import { tryConnections } from './connections.ts';
import { askReplica } from './receiver.ts';
import { readStanding, type Standing } from './standing.ts';
import type { Signs } from './verdict.ts';

/** World milliseconds that RDS's events are read back: RDS's own failovers take one or two minutes. */
const EVENTS_BACK = 30 * 60_000;
/** World milliseconds of CPU values that are read. */
const CPU_BACK = 3 * 60_000;

/** What every source says, one sentence each, for people. */
export interface AllSigns extends Signs {
  sentences: { rds: string; connections: string; replica: string; users: string; cpu: string; events: string };
}

/** Asks all sources side by side, so that one that hangs holds up none of the others. */
export async function readSigns(clients: Clients, given: ObserveContext): Promise<AllSigns> {
  // A run sets no deadline for a look, and a region that is silent would hold up what the others say for its whole step.
  const context = { ...given, signal: within(observationTimeout(given.clock), given.signal) };
  const { primary } = context.system.database;
  const standing = readStanding(clients, context);
  standing.catch(() => undefined);
  const known = await lastEndpoint(context.samples, primary.instance);
  const [found, connections, replica, users, cpu, events] = await Promise.all([
    standing,
    connectionsOf(clients, context, standing, known),
    askReplica(clients, context),
    askUsers(clients, context),
    askCloudWatch(clients, context),
    standing.then((one) => readEvents(clients, context, one)),
  ]);
  return {
    name: instanceName(primary),
    standing: found,
    connections,
    replica,
    users: users.healthy,
    cpu: cpu.percent,
    failover: events.failover,
    sentences: {
      rds: found.sentence,
      connections: connections.sentence,
      replica: replica.sentence,
      users: users.sentence,
      cpu: cpu.sentence,
      events: events.sentence,
    },
  };
}

/**
 * An instance is tried where it was last seen, which needs no answer of RDS. A cluster is tried by its own name, which
 * leads to whatever writes now: the instance that was last seen may be a reader since an earlier failover.
 */
async function connectionsOf(
  clients: Clients,
  context: ObserveContext,
  standing: Promise<Standing>,
  known: Endpoint | undefined,
) {
  const lastSeen = known && tryConnections(clients, context, known);
  const { form, endpoint, port } = await standing;
  if (lastSeen && form !== 'cluster') return lastSeen;
  return tryConnections(clients, context, endpoint === '' ? undefined : { endpoint, port });
}

async function readEvents({ aws }: Clients, { clock, signal }: ObserveContext, standing: Standing) {
  if (standing.form === 'region') {
    return { failover: undefined, sentence: "RDS's events cannot be read there." };
  }
  const now = clock.now();
  try {
    const failover = newestFailover(await readFailovers(aws.rds, standing, { since: now - EVENTS_BACK, now }, signal));
    const at = failover && new Date(failover.startedAt).toISOString().slice(11, 19);
    const sentence = failover
      ? `RDS's newest event of a failover (begun ${at} UTC): ${failover.message}`
      : 'RDS has recorded no failover in the last half hour.';
    return { failover, sentence };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { failover: undefined, sentence: `RDS's events cannot be read: ${describeError(error)}` };
  }
}

/** CPU as CloudWatch has it; a value older than three minutes says nothing of a server that may be gone. */
async function askCloudWatch(
  { aws }: Clients,
  { system, clock, signal }: ObserveContext,
): Promise<{ percent: number | undefined; sentence: string }> {
  const { region, instance } = system.database.primary;
  const now = clock.now();
  try {
    const values = await aws.cloudWatch.metric(
      region,
      {
        namespace: 'AWS/RDS',
        name: 'CPUUtilization',
        dimensions: { DBInstanceIdentifier: instance },
        statistic: 'Average',
      },
      { from: now - CPU_BACK, to: now, periodSeconds: 60 },
      signal,
    );
    const percent = values.at(-1)?.value;
    const sentence =
      percent === undefined
        ? 'CloudWatch has no CPU value of the last three minutes.'
        : `CloudWatch: CPU at ${Math.round(percent)} %.`;
    return { percent, sentence };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { percent: undefined, sentence: `CloudWatch tells no CPU: ${describeError(error)}` };
  }
}
