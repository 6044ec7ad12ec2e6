import { expect } from '@jest/globals';
import { resourceIdOf } from '../../../sandbox/aws/rds/resource-id.ts';
import { fromThatMoment } from '../from-that-moment.ts';
import type { TestWorld } from '../world.ts';
import { PRIMARY, REPLICA, soon, type Trial, west } from './trial.ts';

/** Trials of one story: fenced, fence taken away, fenced and promoted, allowed again, written to, restored beside. */
export function databaseTrials(bench: () => TestWorld): Trial[] {
  const promoted = async () => {
    const { endpoint, port } = await bench().clients.aws.rds.describe(REPLICA.region, REPLICA.instance, soon());
    return { endpoint, port };
  };
  const maySignIn = async (instance: string) => {
    const [role] = await bench().databases.query<{ rolcanlogin: boolean }>(
      instance,
      "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'chatbot_app'",
    );
    return role?.rolcanlogin;
  };
  const failoversTold = () => {
    const now = bench().world.clock.now();
    const source = { type: 'db-instance' as const, identifier: PRIMARY.instance };
    return bench().clients.aws.rds.events.of(PRIMARY.region, source, { since: now - 3600_000, until: now }, soon());
  };
  const hasFailedOver = () =>
    (bench().world.state.rdsEvents ?? []).some(({ message }) => message === 'Multi-AZ instance failover completed');
  const databaseNames = async () => {
    const sql = "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'chatbot%' ORDER BY 1";
    return (await bench().databases.query<{ name: string }>(PRIMARY.instance, sql)).map(({ name }) => name);
  };
  const inService = async (region: string, instance: string) => {
    const found = await bench().clients.aws.rds.instances.settings(region, instance, soon());
    return found && { status: found.status, replicaOf: found.replicaOf };
  };
  return [
    {
      action: 'postgres.fence',
      what: "the application's sign-in on the old primary",
      with: () => ({}),
      look: () => maySignIn(PRIMARY.instance),
      done: false,
      calls: { run: {}, undo: {} },
      pausedAt: [1, 2],
    },
    {
      action: 'rds.promote-replica',
      what: 'one promotion',
      with: () => REPLICA,
      look: () => bench().clients.aws.rds.describe(REPLICA.region, REPLICA.instance, soon()),
      done: expect.objectContaining({ status: 'available', replicaOf: '' }),
      calls: { run: { PromoteReadReplica: 1 } },
    },
    {
      action: 'postgres.unfence',
      what: "the application's sign-in on the new primary",
      with: async () => {
        await bench().databases.query(REPLICA.instance, 'ALTER ROLE chatbot_app NOLOGIN');
        return promoted();
      },
      look: () => maySignIn(REPLICA.instance),
      done: true,
      calls: { run: {} },
    },
    {
      action: 'postgres.write-probe',
      what: 'no row, in a table of its own',
      with: promoted,
      look: async () => {
        const [table] = await bench().databases.query<{ found: string | null }>(
          REPLICA.instance,
          "SELECT to_regclass('lifeboat_probe')::text AS found",
        );
        if (!table?.found) return [];
        return bench().databases.query(REPLICA.instance, 'SELECT id FROM lifeboat_probe');
      },
      done: [],
      calls: { run: {} },
    },
    {
      action: 'rds.reboot-with-failover',
      what: 'one failover to the standby',
      with: () => {
        // The third is to come soon after it, however slow the machine is.
        void fromThatMoment(bench().world, hasFailedOver, 1);
        return PRIMARY;
      },
      look: async () => (await failoversTold()).filter(({ message }) => message.includes('completed')).length,
      done: 1,
      beginsNow: true,
      // The third comes too late to be one: RDS takes it, and abandons a failover that follows another.
      calls: { run: { RebootDBInstance: 'any' } },
    },
    {
      action: 'postgres.restore-dump',
      what: 'one database of its own',
      with: async () => {
        const { region = '', bucket = '', prefix = '' } = bench().system.backups ?? {};
        const dumps = await bench().clients.aws.s3.list({ region, bucket, prefix }, soon());
        return { key: dumps.at(-1)?.key ?? '', database: 'chatbot_restore' };
      },
      look: databaseNames,
      done: ['chatbot', 'chatbot_restore'],
      calls: { run: {} },
    },
    {
      action: 'postgres.rename-database',
      what: 'the name of a database',
      with: () => ({ database: 'chatbot_restore', to: 'chatbot_renamed' }),
      look: databaseNames,
      done: ['chatbot', 'chatbot_renamed'],
      calls: { run: {}, undo: {} },
    },
    {
      action: 'rds.create-snapshot',
      what: 'one snapshot',
      with: () => ({ ...PRIMARY, snapshot: 'chatbot-prod-kept' }),
      look: async () => {
        const snapshots = await bench().clients.aws.rds.backups.snapshots(PRIMARY.region, PRIMARY.instance, soon());
        return snapshots.filter(({ kind, status }) => kind === 'manual' && status === 'available').length;
      },
      done: 1,
      calls: { run: { CreateDBSnapshot: 1 } },
    },
    {
      action: 'rds.restore-snapshot',
      what: 'one instance beside',
      with: () => ({ ...PRIMARY, snapshot: 'chatbot-prod-kept', target: 'chatbot-prod-snapshot' }),
      look: () => inService(PRIMARY.region, 'chatbot-prod-snapshot'),
      done: { status: 'available', replicaOf: '' },
      calls: { run: { RestoreDBInstanceFromDBSnapshot: 1 } },
    },
    {
      action: 'rds.restore-to-point-in-time',
      what: 'one instance beside',
      with: () => ({
        ...PRIMARY,
        at: new Date(bench().world.clock.now() - 600_000).toISOString(),
        target: 'chatbot-prod-then',
      }),
      look: () => inService(PRIMARY.region, 'chatbot-prod-then'),
      done: { status: 'available', replicaOf: '' },
      calls: { run: { RestoreDBInstanceToPointInTime: 1 } },
    },
    {
      action: 'rds.create-replica',
      what: 'one replica, which is deleted once',
      with: () => ({ ...west, instance: 'chatbot-prod-replica-west-again', source: PRIMARY }),
      look: () => inService(west.region, 'chatbot-prod-replica-west-again'),
      done: { status: 'available', replicaOf: PRIMARY.instance },
      // That it may be deleted is said before it is.
      calls: { run: { CreateDBInstanceReadReplica: 1 }, undo: { ModifyDBInstance: 'any', DeleteDBInstance: 1 } },
    },
    {
      action: 'rds.rename-instance',
      what: 'the name of an instance',
      speed: 300,
      with: () => {
        const beside = bench().world.state.rds[PRIMARY.region]?.['chatbot-prod-then'];
        return {
          ...{ region: PRIMARY.region, instance: 'chatbot-prod-then', to: 'chatbot-prod-now' },
          resourceId: beside ? resourceIdOf(beside) : '',
        };
      },
      look: async () => Object.keys(bench().world.state.rds[PRIMARY.region] ?? {}).toSorted(),
      done: expect.arrayContaining(['chatbot-prod-now']),
      calls: { run: { ModifyDBInstance: 1 }, undo: { ModifyDBInstance: 1 } },
    },
  ];
}
