import { formatSeconds } from '../../../domain/format-seconds.ts';
import type { Failover } from '../failover-events.ts';
import type { Connections } from './connections.ts';
import type { Heard } from './receiver.ts';
import type { Standing } from './standing.ts';

/** `changing`: RDS or the server itself is at work, which ends by itself; `unproven`: too few sources can be asked. */
export const VERDICTS = ['lost', 'failing-over', 'changing', 'unproven', 'overloaded', 'lagging', 'healthy'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The triggers of the runbook: CPU in percent, lag in seconds. */
export const CPU_LIMIT = 95;
export const LAG_LIMIT = 30;
/** World milliseconds in which a failover that RDS made is still what is to be followed up. */
const RECENT_FAILOVER = 15 * 60_000;

/**
 * What RDS says of an instance that it is at work at, so that it is not there and will be again by itself. Statuses in
 * which it serves all the same (`backing-up`, `storage-optimization`) say nothing of one that does not answer.
 */
const AT_WORK =
  /^(rebooting|modifying|upgrading|starting|stopping|creating|maintenance|renaming|moving-to-vpc|converting-to-vpc|configuring-|resetting-)/;
const STOPPED = /^stopped/;

/** What the sources say of the primary. */
export interface Signs {
  /** `chatbot-prod in us-east-1`. */
  name: string;
  standing: Standing;
  connections: Connections;
  replica: Heard;
  /** Whether users are served. */
  users: boolean;
  /** Percent; undefined when CloudWatch tells none. */
  cpu: number | undefined;
  /** The newest failover of the last minutes. */
  failover: Failover | undefined;
}

/**
 * Whether the primary is lost, overloaded or lagging, and what to do, in one or two sentences. One source never makes it
 * lost: it must answer no connection from here, not even with a refusal, serve no user, and, where a replica would be
 * promoted, send nothing to it. Pure.
 */
export function judge(signs: Signs, now: number): { verdict: Verdict; advice: string } {
  const { name, standing, connections, users, cpu, failover } = signs;
  if (failover && followsUp(failover, signs, now)) {
    return { verdict: 'failing-over', advice: failingOver(name, failover) };
  }
  if (standing.form === 'cluster' && connections.role === 'replica') return ofReader(signs);
  if (connections.answered > 0) return ofAnswering(signs);
  if (users) {
    return {
      verdict: 'healthy',
      advice: `${name} answers no connection from here, but users are served: look for what keeps Lifeboat from reaching it (network, security group). Promoting a replica would make two primaries.`,
    };
  }
  if (standing.form === 'region') {
    return {
      verdict: 'lost',
      advice: `${name} does not answer, and neither does RDS in ${standing.region}: that is the failure of a region, not of a database. Start \`/dr failover\` instead.`,
    };
  }
  if (connections.full > 0) return overloaded(name, `it refuses sessions: ${connections.sentence}`);
  if (connections.refused > 0) return ofRefusing(signs);
  if (AT_WORK.test(standing.status)) {
    return changing(`RDS says that ${name} is ${standing.status}, which ends by itself`);
  }
  if (STOPPED.test(standing.status)) {
    return {
      verdict: 'changing',
      advice: `RDS says that ${name} is ${standing.status}: somebody has stopped it, and nothing of it is lost. Start it again (aws rds start-db-instance).`,
    };
  }
  if (cpu !== undefined && cpu > CPU_LIMIT) return overloaded(name, `its CPU is at ${Math.round(cpu)} %`);
  return ofSilent(signs);
}

/**
 * A failover is followed up while it goes on, and afterwards only if what it made answers, from here or by serving users:
 * a later loss is another one.
 */
function followsUp(
  { startedAt, completedAt, failedAt }: Failover,
  { connections, users }: Pick<Signs, 'connections' | 'users'>,
  now: number,
): boolean {
  if (failedAt !== undefined || now - startedAt > RECENT_FAILOVER) return false;
  return completedAt === undefined || connections.answered > 0 || users;
}

/** A reader that answers is no sign of life of the writer; that the cluster's name leads to one passes within seconds. */
function ofReader({ standing: { cluster } }: Signs): { verdict: Verdict; advice: string } {
  return {
    verdict: 'changing',
    advice: `The name of the cluster ${cluster} leads to a reader, as it does for some seconds when the writer changes. Ask again in a minute.`,
  };
}

/** Nothing answers: its replica has the last word where it would be promoted. */
function ofSilent({ name, standing, replica }: Signs): { verdict: Verdict; advice: string } {
  if (replica.receiving === true) {
    return overloaded(name, 'it answers no connection, but its replica still receives what it writes');
  }
  if (standing.form === 'replica' && replica.receiving === undefined) {
    return {
      verdict: 'unproven',
      advice: `${name} answers no connection and users are not served, but its replica cannot be asked whether it still receives: ${replica.sentence} That does not prove a loss; what keeps Lifeboat from one may keep it from both. Look at it yourself (RDS console, \`psql\` from another place).`,
    };
  }
  return { verdict: 'lost', advice: `${name} is lost: no source has a sign of life. ${wayOut(standing)}` };
}

function ofRefusing({ name, connections }: Signs): { verdict: Verdict; advice: string } {
  const { busy, sentence } = connections;
  if (busy > 0) return changing(`${name} lives, and starts or is shut down: ${sentence.replace(/\.$/, '')}`);
  return {
    verdict: 'healthy',
    advice: `${name} lives, and refuses Lifeboat: ${sentence} Mend that (user, password, pg_hba); nothing of it is to be failed over.`,
  };
}

function changing(because: string): { verdict: Verdict; advice: string } {
  return {
    verdict: 'changing',
    advice: `${because}. Wait some minutes and ask again: promoting a replica meanwhile would make two primaries.`,
  };
}

function ofAnswering({ name, connections, replica, cpu, users }: Signs): {
  verdict: Verdict;
  advice: string;
} {
  if (connections.role === 'replica') {
    return {
      verdict: 'healthy',
      advice: `${name} answers, but as a replica: the primary is another by now. Correct database.primary in system.yaml.`,
    };
  }
  if (connections.answered < connections.tried) return overloaded(name, connections.sentence);
  if (cpu !== undefined && cpu > CPU_LIMIT) return overloaded(name, `its CPU is at ${Math.round(cpu)} %`);
  const { lagSeconds } = replica;
  if (lagSeconds !== undefined && lagSeconds > LAG_LIMIT) {
    return {
      verdict: 'lagging',
      advice: `${name} works, and its replica is ${formatSeconds(lagSeconds)} behind. Promoting it would lose that: do not. Look for long transactions and the replica's class and network; rebuild it if its replication has ended.`,
    };
  }
  const next = users
    ? 'To move it on purpose, use `/dr run rds/manual-failover`.'
    : 'Users are not served for another reason: look at the services, `/dr run chatbot/service-failure`.';
  return { verdict: 'healthy', advice: `${name} answers, and nothing of it is to be failed over. ${next}` };
}

function overloaded(name: string, because: string): { verdict: Verdict; advice: string } {
  const reason = because.replace(/\.$/, '');
  return {
    verdict: 'overloaded',
    advice: `${name} lives but is overloaded: ${reason}. A promotion would lose writes and move the load with it. End the longest queries (pg_stat_activity), stop what causes them, or change to a larger class.`,
  };
}

function failingOver(name: string, { startedAt, completedAt }: Failover): string {
  const since = new Date(startedAt).toISOString().slice(11, 19);
  return completedAt === undefined
    ? `RDS has been failing over ${name} since ${since} UTC: it is given its time.`
    : `RDS failed over ${name} at ${since} UTC by itself: what remains is to prove that users are served.`;
}

function wayOut({ form, target, cluster }: Standing): string {
  if (form === 'multi-az')
    return 'RDS fails over to its standby by itself; if it does not within 3 minutes, it is asked to.';
  if (form === 'cluster') {
    return target === ''
      ? `The cluster ${cluster} has no reader that could take over: RDS makes a new writer by itself, which takes about 10 minutes.`
      : `The cluster ${cluster} is failed over to ${target}.`;
  }
  return 'It has no standby: the healthiest replica is promoted.';
}
