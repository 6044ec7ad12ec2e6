// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resourceIdOf } from '../../sandbox/aws/rds/resource-id.ts';
import { createActions } from '../../src/actions/index.ts';
import type { Action, Done, JsonObject, RunContext, RunResult } from '../../src/domain/action.ts';
import type { Topology } from '../../src/domain/simulation.ts';
import { fromThatMoment } from '../support/from-that-moment.ts';
import { kubernetesTrials } from '../support/kubernetes-trials.ts';
import { createRunContext } from '../support/run-context.ts';
import { withThreeWorkers } from '../support/two-workers.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/**
 * Two workers send what a step sends, at once, and a third one sends it late (see withThreeWorkers): each action says in
 * `repeat` why that is harmless, and here it is tried, of each that changes something and of its undo.
 */
interface Trial {
  action: string;
  what: string;
  with: () => Promise<JsonObject> | JsonObject;
  /** What a person would look at to see what the action did. */
  look: () => Promise<unknown>;
  /** That, when it is done. */
  done: unknown;
  /** Files of the config folder that are others than the shipped ones. */
  config?: Record<string, string>;
  /** Mutating calls of all three that the service carries out, and of all three that undo. */
  calls: { run: Record<string, number | 'any'>; undo?: Record<string, number | 'any'> };
  /** At which of its checks the late worker is paused; each is tried. */
  pausedAt?: number[];
  /** The step begins at the world's own time: it reads what the service has told since. */
  beginsNow?: boolean;
  /** World seconds per second, where it takes long; absent: 60. */
  speed?: number;
  /** It needs a world of this form; trials of other forms stand at the end. */
  topology?: Topology;
  /** Done to the world before the undo is tried. */
  beforeUndo?: () => Promise<unknown>;
}

const SPEED = 60;

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;
let inTopology: Topology | undefined;

beforeAll(async () => {
  bench = await startTestWorld({ speed: SPEED, withDatabases: true });
  actions = createActions(bench.clients);
});
afterAll(() => bench.close());

const PRIMARY = { region: 'us-east-1', instance: 'chatbot-prod' };
const REPLICA = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };
const west = { region: 'us-west-2' };
const soon = () => AbortSignal.timeout(90_000);

const cluster = () => {
  const found = bench.world.state.kubernetes[west.region];
  if (!found) throw new Error('there is no cluster');
  return found;
};
const promoted = async () => {
  const { endpoint, port } = await bench.clients.aws.rds.describe(REPLICA.region, REPLICA.instance, soon());
  return { endpoint, port };
};
const record = (name: string, type: string, setIdentifier?: string) => {
  const asked = { name, type, ...(setIdentifier !== undefined && { setIdentifier }) };
  return bench.clients.aws.route53.record(bench.system.dns.hostedZone, asked, soon());
};
const maySignIn = async (instance: string) => {
  const [role] = await bench.databases.query<{ rolcanlogin: boolean }>(
    instance,
    "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'chatbot_app'",
  );
  return role?.rolcanlogin;
};
const globalMembers = async () => (await bench.clients.aws.rds.clusters.global(west.region, soon()))[0]?.members ?? [];
/** A global failover leaves the cluster of this region to be built anew. */
const untilRejoined = async (region: string) => {
  const member = (await globalMembers()).find((one) => one.region === region);
  if (!member) throw new Error(`there is no cluster in ${region}`);
  return contextOf({}).waitUntil(async () => {
    const { status } = await bench.clients.aws.rds.clusters.describe(region, member.cluster, soon());
    return status === 'available' ? member : undefined;
  });
};
const failoversTold = () => {
  const now = bench.world.clock.now();
  const source = { type: 'db-instance' as const, identifier: PRIMARY.instance };
  return bench.clients.aws.rds.events.of(PRIMARY.region, source, { since: now - 3600_000, until: now }, soon());
};
const hasFailedOver = () =>
  (bench.world.state.rdsEvents ?? []).some(({ message }) => message === 'Multi-AZ instance failover completed');
const databaseNames = async () => {
  const sql = "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'chatbot%' ORDER BY 1";
  return (await bench.databases.query<{ name: string }>(PRIMARY.instance, sql)).map(({ name }) => name);
};
const inService = async (region: string, instance: string) => {
  const found = await bench.clients.aws.rds.instances.settings(region, instance, soon());
  return found && { status: found.status, replicaOf: found.replicaOf };
};
const restartedAt = new Date(Date.UTC(2030, 0, 1)).toISOString();

// The databases' part is one story: fenced, fence taken away, fenced and promoted, allowed again, written to.
const TRIALS: Trial[] = [
  {
    action: 'k8s.scale',
    what: 'replicas and the bounds of an autoscaler',
    with: () => ({ ...west, profile: 'full' }),
    look: async () => ({
      'chatbot-api': Object.values(cluster().autoscalers).find(({ name }) => name === 'chatbot-api')?.minReplicas,
      'websocket-service': cluster().deployments['websocket-service']?.replicas,
      'auth-service': cluster().deployments['auth-service']?.replicas,
    }),
    done: { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 },
    // Each on the resourceVersion that it was decided on: the others are conflicts.
    calls: {
      run: { 'patch horizontalpodautoscalers': 1, 'patch deployments/scale': 2 },
      undo: { 'patch horizontalpodautoscalers': 1, 'patch deployments/scale': 2 },
    },
  },
  {
    action: 'k8s.patch-secret',
    what: 'host and port of the connection secret',
    with: () => ({ ...west, host: 'new.example.com', port: 5433 }),
    look: async () => {
      const { host, port, password } = cluster().secrets['db-credentials']?.data ?? {};
      return { host, port, password };
    },
    done: { host: 'new.example.com', port: '5433', password: expect.any(String) },
    calls: { run: { 'patch secrets': 1 }, undo: { 'patch secrets': 1 } },
  },
  {
    action: 'secrets.patch',
    what: 'host and port of a stored secret, in one version',
    with: () => ({ ...west, host: 'new.example.com', port: 5433 }),
    look: async () => {
      const { values } = await bench.clients.aws.secretsManager.read(west.region, 'chatbot/database', soon());
      const { host, port, password } = values;
      return { host, port, password };
    },
    done: { host: 'new.example.com', port: 5433, password: expect.any(String) },
    // The service takes each, and they are one version.
    calls: { run: { PutSecretValue: 'any' }, undo: { PutSecretValue: 'any' } },
  },
  {
    action: 'k8s.restart',
    what: 'one rollout of each deployment',
    with: () => west,
    look: async () => Object.values(cluster().deployments).map(({ name, generation }) => ({ name, generation })),
    done: expect.any(Array),
    calls: { run: { 'patch deployments': 3 } },
  },
  ...kubernetesTrials(
    () => bench,
    (id, given) => actionOf(id).run(contextOf({}), actionOf(id).input.parse(given) as never),
  ),
  {
    action: 'elbv2.shift-traffic',
    what: 'the weights of a listener',
    with: () => west,
    look: async () => {
      const { listener, active, standby } = bench.system.loadBalancers[west.region] ?? { listener: '' };
      const weights = await bench.clients.aws.loadBalancing.weights(west.region, listener, soon());
      return [weights[active ?? ''], weights[standby ?? '']];
    },
    done: [100, 0],
    calls: { run: { ModifyListener: 'any' }, undo: { ModifyListener: 'any' } },
  },
  {
    action: 'route53.upsert',
    what: 'a record that is another',
    with: () => ({ changes: 'dns-failover.json' }),
    look: () => record('api.chatbot.com', 'CNAME', 'primary'),
    done: expect.objectContaining({ values: ['chatbot-west-0987654321.us-west-2.elb.amazonaws.com'] }),
    calls: { run: { ChangeResourceRecordSets: 'any' }, undo: { ChangeResourceRecordSets: 'any' } },
  },
  {
    action: 'route53.upsert',
    what: 'a record that did not exist, and is removed once',
    with: () => ({ changes: 'note.json' }),
    config: {
      'note.json': JSON.stringify({
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: {
              Name: 'note.chatbot.com',
              Type: 'TXT',
              TTL: 60,
              ResourceRecords: [{ Value: '"${{ params.to }}"' }],
            },
          },
        ],
      }),
    },
    look: () => record('note.chatbot.com', 'TXT'),
    done: expect.objectContaining({ values: ['"us-west-2"'] }),
    calls: { run: { ChangeResourceRecordSets: 'any' }, undo: { ChangeResourceRecordSets: 1 } },
  },
  {
    action: 'arc.switch',
    what: 'the states of routing controls',
    with: () => ({ to: west.region }),
    look: async () => {
      const controls = Object.values(bench.world.state.routingControls?.controls ?? {});
      return Object.fromEntries(controls.map(({ name, state }) => [name, state]));
    },
    done: { 'us-east-1': 'Off', 'us-west-2': 'On' },
    calls: { run: { UpdateRoutingControlStates: 'any' }, undo: { UpdateRoutingControlStates: 'any' } },
  },
  {
    action: 'route53.switch-object',
    what: 'an object that is there or not',
    with: () => ({ to: west.region }),
    look: async () => Object.keys(bench.world.state.s3?.buckets['chatbot-traffic-us-west-2']?.objects ?? {}),
    done: ['leave-us-east-1'],
    calls: { run: { PutObject: 'any' }, undo: { DeleteObject: 'any' } },
  },
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
    look: () => bench.clients.aws.rds.describe(REPLICA.region, REPLICA.instance, soon()),
    done: expect.objectContaining({ status: 'available', replicaOf: '' }),
    calls: { run: { PromoteReadReplica: 1 } },
  },
  {
    action: 'postgres.unfence',
    what: "the application's sign-in on the new primary",
    with: async () => {
      await bench.databases.query(REPLICA.instance, 'ALTER ROLE chatbot_app NOLOGIN');
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
      const [table] = await bench.databases.query<{ found: string | null }>(
        REPLICA.instance,
        "SELECT to_regclass('lifeboat_probe')::text AS found",
      );
      if (!table?.found) return [];
      return bench.databases.query(REPLICA.instance, 'SELECT id FROM lifeboat_probe');
    },
    done: [],
    calls: { run: {} },
  },
  {
    action: 'rds.reboot-with-failover',
    what: 'one failover to the standby',
    with: () => {
      // The third is to come soon after it, however slow the machine is.
      void fromThatMoment(bench.world, hasFailedOver, 1);
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
      const { region = '', bucket = '', prefix = '' } = bench.system.backups ?? {};
      const dumps = await bench.clients.aws.s3.list({ region, bucket, prefix }, soon());
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
    with: () => ({ ...PRIMARY, snapshot: 'kept' }),
    look: async () => {
      const snapshots = await bench.clients.aws.rds.backups.snapshots(PRIMARY.region, PRIMARY.instance, soon());
      return snapshots.filter(({ kind, status }) => kind === 'manual' && status === 'available').length;
    },
    done: 1,
    calls: { run: { CreateDBSnapshot: 1 } },
  },
  {
    action: 'rds.restore-snapshot',
    what: 'one instance beside',
    with: () => ({ ...PRIMARY, snapshot: 'kept', target: 'beside-snapshot' }),
    look: () => inService(PRIMARY.region, 'beside-snapshot'),
    done: { status: 'available', replicaOf: '' },
    calls: { run: { RestoreDBInstanceFromDBSnapshot: 1 } },
  },
  {
    action: 'rds.restore-to-point-in-time',
    what: 'one instance beside',
    with: () => ({
      ...PRIMARY,
      at: new Date(bench.world.clock.now() - 600_000).toISOString(),
      target: 'beside-then',
    }),
    look: () => inService(PRIMARY.region, 'beside-then'),
    done: { status: 'available', replicaOf: '' },
    calls: { run: { RestoreDBInstanceToPointInTime: 1 } },
  },
  {
    action: 'rds.create-replica',
    what: 'one replica, which is deleted once',
    with: () => ({ ...west, instance: 'again-west', source: PRIMARY }),
    look: () => inService(west.region, 'again-west'),
    done: { status: 'available', replicaOf: PRIMARY.instance },
    // That it may be deleted is said before it is.
    calls: { run: { CreateDBInstanceReadReplica: 1 }, undo: { ModifyDBInstance: 'any', DeleteDBInstance: 1 } },
  },
  {
    action: 'rds.rename-instance',
    what: 'the name of an instance',
    speed: 300,
    with: () => {
      const beside = bench.world.state.rds[PRIMARY.region]?.['beside-then'];
      return {
        ...{ region: PRIMARY.region, instance: 'beside-then', to: 'beside-now' },
        resourceId: beside ? resourceIdOf(beside) : '',
      };
    },
    look: async () => Object.keys(bench.world.state.rds[PRIMARY.region] ?? {}).toSorted(),
    done: expect.arrayContaining(['beside-now']),
    calls: { run: { ModifyDBInstance: 1 }, undo: { ModifyDBInstance: 1 } },
  },
  {
    action: 'rds.failover-cluster',
    what: 'the writer of a cluster',
    topology: 'aurora',
    with: () => ({ region: PRIMARY.region, cluster: 'chatbot-prod-cluster', target: 'chatbot-prod-reader' }),
    look: async () => {
      const { members } = await bench.clients.aws.rds.clusters.describe(PRIMARY.region, 'chatbot-prod-cluster', soon());
      return members.filter(({ isWriter }) => isWriter).map(({ instance }) => instance);
    },
    done: ['chatbot-prod-reader'],
    calls: { run: { FailoverDBCluster: 1 } },
  },
  {
    action: 'rds.failover-global-cluster',
    what: 'the writing cluster of a global cluster',
    topology: 'aurora',
    with: async () => ({
      ...west,
      globalCluster: 'chatbot-prod-global',
      target: (await globalMembers()).find(({ region }) => region === west.region)?.arn ?? '',
    }),
    look: async () => (await globalMembers()).filter(({ isWriter }) => isWriter).map(({ region }) => region),
    done: [west.region],
    calls: { run: { FailoverGlobalCluster: 1 } },
  },
  {
    action: 'rds.switchover-global-cluster',
    what: 'the writing cluster of a global cluster, and back',
    topology: 'aurora',
    with: async () => {
      const left = await untilRejoined(PRIMARY.region);
      return { region: PRIMARY.region, globalCluster: 'chatbot-prod-global', target: left.arn };
    },
    look: async () => (await globalMembers()).filter(({ isWriter }) => isWriter).map(({ region }) => region),
    done: [PRIMARY.region],
    calls: { run: { SwitchoverGlobalCluster: 1 } },
  },
];

function actionOf(id: string): Action {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}

function contextOf({ config = {}, beginsNow = false }: Pick<Trial, 'config' | 'beginsNow'>): RunContext {
  const context = createRunContext({
    system: bench.system,
    clock: bench.world.clock,
    signal: soon(),
    operationId: 'INC-1.r1.step',
    firstAttemptAt: beginsNow ? bench.world.clock.now() : Date.parse(restartedAt),
  });
  return { ...context, readConfig: (file) => config[file] ?? context.readConfig(file) };
}

/** How often each mutating call was carried out since call number `from`. */
function carriedOutSince(from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of bench.carriedOut().slice(from)) {
    const operation = call.slice(call.indexOf(' ') + 1);
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

function expectCalls(counts: Record<string, number>, wanted: Record<string, number | 'any'>): void {
  const asWanted = Object.fromEntries(
    Object.entries(wanted).map(([operation, count]) => [operation, count === 'any' ? expect.any(Number) : count]),
  );
  expect(counts).toEqual(asWanted);
}

/** A world of another form than the one of the trials before, where one is needed. */
async function enterWorld({ topology }: Trial): Promise<void> {
  if (topology === undefined || topology === inTopology) return;
  inTopology = topology;
  await bench.close();
  bench = await startTestWorld({ speed: SPEED, withDatabases: true, topology });
  actions = createActions(bench.clients);
}

async function sendThrice(trial: Trial, pausedAt: number, send: (context: RunContext) => Promise<RunResult<unknown>>) {
  const from = bench.carriedOut().length;
  const { results, between, late } = await withThreeWorkers(() => contextOf(trial), send, {
    pausedAt,
    between: trial.look,
  });
  const after = await trial.look();
  // What came late changed nothing, and was refused by the service or ended by the lost lease.
  expect(after).toEqual(between);
  if (late.status === 'rejected')
    expect(late.reason).toMatchObject({ name: expect.stringMatching(/LeaseLost|Permanent/) });
  return { results, after, counts: carriedOutSince(from) };
}

it('tries every action that changes something', () => {
  const mutating = [...actions.values()].filter(({ effect }) => effect !== 'read').map(({ id }) => id);

  expect(new Set(TRIALS.map(({ action }) => action))).toEqual(new Set(mutating));
  for (const { action, calls } of TRIALS) expect(calls.undo !== undefined).toBe(actionOf(action).undo !== undefined);
});

describe.each(TRIALS)('$action: $what', (trial) => {
  beforeAll(async () => {
    await enterWorld(trial);
    bench.world.setSpeed(trial.speed ?? SPEED);
  });

  it.each(trial.pausedAt ?? [1])(
    'sent by two at once, and late by a third paused at its check %d',
    async (pausedAt) => {
      const action = actionOf(trial.action);
      const input = action.input.parse(await trial.with()) as never;
      const before = await trial.look();
      const planned = await action.observe(contextOf(trial), input);

      const run = await sendThrice(trial, pausedAt, (context) => action.run(context, input));

      expect(run.after).toEqual(trial.done);
      expectCalls(run.counts, trial.calls.run);
      const { undo } = action;
      if (!undo) return;
      const done: Done = {
        outputs: (run.results[1]?.outputs ?? {}) as JsonObject,
        changes: [],
        observed: { ...planned.facts, ...planned.measurements },
      };
      const undone = await sendThrice(trial, 1, (context) => undo.run(context, input, done));
      expect(undone.after).toEqual(before);
      expectCalls(undone.counts, trial.calls.undo ?? {});
    },
    60_000,
  );
});
