import { canonicalJson } from '../../src/domain/plan-hash.ts';
import type { RdsInstance } from '../aws/rds/state.ts';
import { CURRENT, staged } from '../aws/secrets-manager/versions.ts';
import type { DeploymentState } from '../kubernetes/state.ts';
import type { Databases } from '../postgres/databases.ts';
import type { WorldState } from '../world/state.ts';

/** What people and the bot can set in a world, as paths and values; what comes and goes by itself is not in it. */
export type Settings = Record<string, string>;

const SILENT = 'does not answer';

/** Annotations that say when somebody acted, not how it is set. */
const MOMENTS = /restartedAt|last-applied-configuration|change-cause|revision/;

/**
 * Everything that an undo has to bring back: records, weights, switches of traffic, deployments, bounds of autoscalers,
 * secrets and other objects of clusters, what Secrets Manager and buckets hold, roles of database instances, which
 * database of theirs has its name, and who may sign in to them.
 */
export async function settingsOf(state: WorldState, databases: Pick<Databases, 'query'>): Promise<Settings> {
  const settings: Settings = {};
  const put = (path: string, value: unknown) => {
    settings[path] = typeof value === 'string' ? value : canonicalJson(value);
  };
  for (const zone of Object.values(state.route53.zones)) {
    for (const record of zone.records) {
      const { effectiveAt: _at, previous: _previous, ...set } = record;
      put(`record ${record.name} ${record.type} ${setIdentifierOf(record)}`.trim(), set);
    }
  }
  for (const [region, balancer] of Object.entries(state.elbv2)) put(`listener ${region}`, balancer.weights);
  for (const [region, cluster] of Object.entries(state.kubernetes)) {
    for (const [name, deployment] of Object.entries(cluster.deployments)) {
      put(`deployment ${region}/${name}`, deploymentSettings(deployment, name in replicasOwned(cluster.autoscalers)));
    }
    for (const [name, { minReplicas, maxReplicas }] of Object.entries(cluster.autoscalers)) {
      put(`autoscaler ${region}/${name}`, { minReplicas, maxReplicas });
    }
    for (const [name, { data }] of Object.entries(cluster.secrets)) put(`secret ${region}/${name}`, data);
    for (const [kind, byName] of Object.entries(cluster.objects ?? {})) {
      // A job that ran cannot be taken back.
      if (kind === 'jobs') continue;
      for (const [name, { content }] of Object.entries(byName)) put(`${kind} ${region}/${name}`, content);
    }
  }
  for (const [region, byName] of Object.entries(state.secrets ?? {})) {
    for (const [name, secret] of Object.entries(byName)) {
      put(`stored secret ${region}/${name}`, staged(secret, CURRENT)?.[1].value ?? 'without a value');
    }
  }
  for (const { name, state: is } of Object.values(state.routingControls?.controls ?? {})) {
    put(`routing control ${name}`, is);
  }
  for (const [name, { objects, removed = [] }] of Object.entries(state.s3?.buckets ?? {})) {
    for (const [key, { content }] of Object.entries(objects)) put(`object ${name}/${key}`, content);
    if (removed.length > 0) put(`removed from ${name}`, removed);
  }
  const instances = Object.values(state.rds).flatMap((byName) => Object.values(byName));
  for (const instance of instances) {
    // What was restored beside is kept until a person deletes it; in another's place, that other is missed.
    if (instance.origin?.kind === 'copy') continue;
    put(`database ${instance.region}/${instance.identifier}`, databaseSettings(instance));
    put(`sign-ins ${instance.identifier}`, await signIns(databases, instance.identifier));
    put(`content ${instance.identifier}`, await contentOf(databases, instance));
  }
  return settings;
}

/** What is not as it was, a sentence each. Pure. */
export function differencesOf(before: Settings, after: Settings): string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths
    .filter((path) => before[path] !== after[path])
    .map((path) => `${path} was ${before[path] ?? 'absent'} and is ${after[path] ?? 'absent'}.`);
}

/**
 * What somebody has changed, a sentence each. A server that falls silent, or answers again, is the world's own doing. Pure.
 */
export function changedBySomebody(before: Settings, after: Settings): string[] {
  const heard = (settings: Settings, path: string) => settings[path] !== SILENT;
  const both = (settings: Settings) =>
    Object.fromEntries(Object.entries(settings).filter(([path]) => heard(before, path) && heard(after, path)));
  return differencesOf(both(before), both(after));
}

function setIdentifierOf(record: object): string {
  return 'setIdentifier' in record && typeof record.setIdentifier === 'string' ? record.setIdentifier : '';
}

function replicasOwned(autoscalers: WorldState['kubernetes'][string]['autoscalers']): Record<string, true> {
  return Object.fromEntries(Object.values(autoscalers).map(({ target }) => [target, true]));
}

/** An autoscaler moves the replicas of what it owns by itself; its bounds are compared instead. */
function deploymentSettings(deployment: DeploymentState, isOwned: boolean): object {
  const { replicas, templateAnnotations, labels, pods, selector } = deployment;
  const annotations = Object.entries(templateAnnotations).filter(([key]) => !MOMENTS.test(key));
  return {
    ...(isOwned ? {} : { replicas }),
    annotations: Object.fromEntries(annotations),
    labels,
    pods: pods ?? null,
    selector: selector ?? null,
  };
}

function databaseSettings(instance: RdsInstance): object {
  const { address, multiAz, replicaSource = null, instanceClass, deletionProtection = null } = instance;
  return { address, multiAz, replicaSource, instanceClass, deletionProtection };
}

/** Which database of a server has the system's name: after a swap it is another one. */
async function contentOf(databases: Pick<Databases, 'query'>, instance: RdsInstance): Promise<string> {
  const sql = 'SELECT oid::text FROM pg_database WHERE datname = $1';
  return databases.query<{ oid: string }>(instance.identifier, sql, [instance.databaseName ?? '']).then(
    ([row]) => (row ? `database ${row.oid}` : 'no such database'),
    () => SILENT,
  );
}

/** Who may sign in, or that the server does not answer. */
async function signIns(databases: Pick<Databases, 'query'>, instance: string): Promise<string> {
  const sql = "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname NOT LIKE 'pg\\_%' ORDER BY rolname";
  return databases.query<{ rolname: string }>(instance, sql).then(
    (rows) => rows.map(({ rolname }) => rolname).join(', '),
    () => SILENT,
  );
}
