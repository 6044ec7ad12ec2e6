import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
import { LifeboatError, Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { lockOf } from '../postgres/database.ts';
import { BEGINS_WITHIN, type Failover, type FailoverEvent, failoversSince, readFailovers } from './failover-events.ts';
import { askServer, isNewer, timeOf } from './moved.ts';

/** Code of the error that asks a person whether the reboot is to be sent again. */
export const UNCERTAIN = 'rds.reboot-uncertain';
/** World milliseconds in which RDS shows an event after it happened. */
const SHOWS_WITHIN = 60_000;

/** Errors of an attempt that ended before anything was sent, or because RDS refused it for certain. */
const NOT_SENT = /^(guard\.failed|approval\.void|rds\.(reboot-refused|no-standby|failover-failed))$/;

export const rebootWithFailover = (clients: Clients) =>
  defineAction({
    id: 'rds.reboot-with-failover',
    summary: 'Fail a Multi-AZ instance over to its standby, by a reboot with failover',
    effect: 'irreversible',
    input: z.strictObject({ region: Region, instance: z.string().min(1) }),
    output: z.object({
      endpoint: z.string(),
      port: z.int(),
      /** World time, epoch milliseconds, as RDS's events have them. */
      startedAt: z.number(),
      completedAt: z.number(),
      sentence: z.string(),
    }),
    repeat:
      "No token makes it idempotent. It is begun in the journal before it is sent, and RDS's events since then are read before it is sent again: a failover that they tell of is waited for. Where they tell of none, a person is asked. RDS refuses it while the instance reboots (InvalidDBInstanceState), and abandons one that follows another at once.",
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:DescribeEvents', 'rds:RebootDBInstance'], sql: ['CONNECT'] },
    examples: [{ title: 'The Multi-AZ primary', with: { region: 'us-east-1', instance: 'chatbot-prod' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: (where) => [lockOf(where)],
    subject: ({ instance }) => `database/${instance}`,
    // RDS: "typically 60 to 120 seconds".
    expectedSeconds: () => 90,
    withoutUndo: 'what ran on the old host has ended; another failover would only interrupt users again',
    async observe({ signal }, { region, instance }) {
      const { multiAz, status, zone } = await clients.aws.rds.describe(region, instance, signal);
      if (!multiAz) throw noStandby({ region, instance });
      return { facts: { multiAz }, measurements: { status, zone } };
    },
    change: (observed, where) => ({ changes: [changeOf(where, observed?.measurements.zone)] }),
    async run(context, where) {
      const step = new Reboot(clients, context, where);
      return context.waitUntil(() => step.look());
    },
  });

interface Where {
  region: string;
  instance: string;
}

class Reboot {
  /** World time of the call, once it was sent. */
  #sentAt: number | undefined;
  #changes: Change[] = [];
  /** World time at which this attempt began: what RDS gave up before is what earlier ones were about. */
  readonly #begunAt: number;
  readonly #clients: Clients;
  readonly #context: RunContext;
  readonly #where: Where;

  constructor(clients: Clients, context: RunContext, where: Where) {
    this.#clients = clients;
    this.#context = context;
    this.#where = where;
    this.#begunAt = context.clock.now();
  }

  async look() {
    const { clock, firstAttemptAt, signal, progress } = this.#context;
    const { region, instance } = this.#where;
    const { rds } = this.#clients.aws;
    const range = { since: firstAttemptAt - BEGINS_WITHIN, now: clock.now() };
    const [found, events] = await Promise.all([
      rds.describe(region, instance, signal),
      readFailovers(rds, { region, instance, cluster: '' }, range, signal),
    ]);
    const failover = this.#awaited(events, found.status);
    if (failover?.failedAt !== undefined) {
      throw new Permanent(
        'rds.failover-failed',
        `RDS gave the failover of ${instanceName(this.#where)} up: ${failover.message}`,
      );
    }
    const abandoned = events.findLast(({ stage, at }) => stage === 'abandoned' && at >= this.#begunAt - 1000);
    if (!failover && abandoned) {
      throw new Permanent(
        'rds.failover-failed',
        `RDS has not failed ${instanceName(this.#where)} over: ${abandoned.message} Retry in some minutes.`,
      );
    }
    if (failover) this.#note(found.zone);
    if (failover?.completedAt === undefined) {
      progress(failover ? `RDS: ${failover.message}` : `${instance} is ${found.status}`);
      if (!failover) await this.#send(found);
      return undefined;
    }
    const { startedAt, completedAt } = failover;
    const server = await askServer(this.#clients, this.#context, found);
    if (server.role !== 'primary' || !isNewer(server, startedAt, clock)) {
      progress(
        `RDS has completed the failover; the server that answers was started before it, at ${timeOf(server.startedAt)}`,
      );
      return undefined;
    }
    const sentence = `${instanceName(this.#where)} failed over: RDS's event of ${timeOf(completedAt)}, and a server started at ${timeOf(server.startedAt)}.`;
    const { endpoint, port } = found;
    return { outputs: { endpoint, port, startedAt, completedAt, sentence }, changes: this.#changes };
  }

  /** The failover that this step waits for: one that went on when it began, or began since. */
  #awaited(events: readonly FailoverEvent[], status: string): Failover | undefined {
    const since = this.#context.firstAttemptAt - 1000;
    const newest = failoversSince(events, since).at(-1);
    if (newest?.failedAt !== undefined) return newest.failedAt >= this.#begunAt - 1000 ? newest : undefined;
    // One that began before, never ended, and that RDS is not at work at any more is none.
    const isStale = newest?.completedAt === undefined && newest !== undefined && newest.startedAt < since;
    return isStale && status === 'available' ? undefined : newest;
  }

  async #send({ status, multiAz, zone }: { status: string; multiAz: boolean; zone: string }): Promise<void> {
    const { assertLease, signal, clock, firstAttemptAt, earlierAttempts } = this.#context;
    const { region, instance } = this.#where;
    if (!multiAz) throw noStandby(this.#where);
    const maybeSentAt = this.#sentAt ?? (mayHaveBeenSent(earlierAttempts) ? firstAttemptAt : undefined);
    if (maybeSentAt !== undefined) {
      // Before that RDS may not show yet what it was asked for, and while it works at it there is nothing to ask.
      if (status !== 'available' || clock.now() < maybeSentAt + SHOWS_WITHIN) return;
      throw new Permanent(
        UNCERTAIN,
        `An attempt that began at ${timeOf(firstAttemptAt)} may have asked RDS to fail ${instanceName(this.#where)} over, and RDS shows no event of it. Look at the instance's recent events: retry sends it again, skip goes on without it.`,
      );
    }
    if (status !== 'available') return;
    // Noted first: a call whose answer is lost may have been carried out.
    this.#note(zone);
    await assertLease();
    this.#sentAt = clock.now();
    try {
      await this.#clients.aws.rds.rebootWithFailover(region, instance, signal);
    } catch (error) {
      // Most often a failover is under way already; the events will tell.
      if (error instanceof LifeboatError && error.code === 'rds.invalid-db-instance-state') {
        this.#sentAt = undefined;
        return;
      }
      if (!(error instanceof Permanent)) return;
      this.#changes = [];
      this.#context.changed([]);
      throw new Permanent('rds.reboot-refused', error.message, { cause: error });
    }
  }

  #note(zone: string): void {
    if (this.#changes.length > 0) return;
    this.#changes = [changeOf(this.#where, zone)];
    this.#context.changed(this.#changes);
  }
}

/** Whether more attempts may have sent it than a person has said to repeat. Pure. */
export function mayHaveBeenSent(earlier: readonly string[]): boolean {
  const decided = earlier.filter((code) => code === UNCERTAIN).length;
  const sent = earlier.filter((code) => code !== UNCERTAIN && !NOT_SENT.test(code)).length;
  return sent > decided;
}

function noStandby(where: Where): Permanent {
  return new Permanent(
    'rds.no-standby',
    `${instanceName(where)} has no standby (it is no Multi-AZ instance), so a reboot would not fail over. Promote a replica instead: \`/dr run chatbot/database-failure\`.`,
  );
}

function changeOf(where: Where, zone: string | undefined): Change {
  return {
    what: instanceName(where),
    before: zone ? `writes in ${zone}` : 'writes where it is (not reachable now)',
    after: 'restarted on its standby in another zone',
  };
}
