import { PatchStrategy } from '@kubernetes/client-node';
import { LifeboatError } from '../../domain/errors.ts';
import { type Connection, connect, optionsOf } from './connection.ts';
import { translateKubernetesError } from './errors.ts';
import { createObjects, type Manifest, type Objects } from './objects.ts';
import { type Pod, toPod } from './pods.ts';
import { CHANGE_CAUSE, type Release, toRelease } from './releases.ts';
import { type RoutedService, toService } from './services.ts';
import {
  type Autoscaler,
  type ClusterNode,
  type ConnectionSecret,
  RESTARTED_AT,
  type Reservation,
  reconcilerOf,
  toAutoscaler,
  toNode,
  toReservation,
  toWorkload,
  type Workload,
} from './shapes.ts';

const PAGE = 500;
/** More than the lines that are asked for ever need. */
const LOG_BYTES = 256 * 1024;

/**
 * One namespace of one region's cluster. Everything throws Retryable (`kubernetes.timeout`, `.unreachable`,
 * `.conflict`) or Permanent (`kubernetes.not-found`, `.forbidden`, …). A change names the `resourceVersion` it was
 * decided on, so that a late one is refused with a conflict.
 */
export interface Cluster {
  workload(name: string, signal: AbortSignal): Promise<Workload>;
  autoscalers(signal: AbortSignal): Promise<Autoscaler[]>;
  /** Nodes that take new pods. */
  nodes(signal: AbortSignal): Promise<ClusterNode[]>;
  /** Pods of all namespaces that hold or want room. */
  reservations(signal: AbortSignal): Promise<Reservation[]>;
  secret(name: string, signal: AbortSignal): Promise<ConnectionSecret>;
  /** Pods of the namespace, terminating and finished ones too. */
  pods(signal: AbortSignal): Promise<Pod[]>;
  /** What the deployments of the namespace run and ran: one per pod template, newest first. */
  releases(signal: AbortSignal): Promise<Release[]>;
  services(signal: AbortSignal): Promise<RoutedService[]>;
  /** The newest lines of a pod's container; of the run before its last restart with `previous`. */
  logs(
    pod: { name: string; container: string },
    options: { lines: number; previous: boolean },
    signal: AbortSignal,
  ): Promise<string>;
  /** Deletes this very pod, and no other of its name; that it is gone already is no error. */
  deletePod(pod: { name: string; uid: string }, signal: AbortSignal): Promise<void>;
  /** Gives a deployment the pod template that an earlier release had. */
  setRelease(workload: Workload, release: Release, signal: AbortSignal): Promise<void>;
  /** Sets labels that a service asks of its pods; null: it asks for that label no more. */
  setSelector(service: RoutedService, labels: Record<string, string | null>, signal: AbortSignal): Promise<void>;
  /** Objects of any kind. */
  objects: Objects;
  setReplicas(workload: Workload, replicas: number, signal: AbortSignal): Promise<void>;
  setBounds(
    autoscaler: Autoscaler,
    bounds: { minReplicas: number; maxReplicas: number },
    signal: AbortSignal,
  ): Promise<void>;
  /** Sets the restart annotation of the pod template; the same text again changes nothing. */
  restart(workload: Workload, restartedAt: string, signal: AbortSignal): Promise<void>;
  /** Sets some keys of a secret and keeps the others. */
  setSecretValues(
    name: string,
    secret: ConnectionSecret,
    values: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface Kubernetes {
  /** `context` is a context of the kubeconfig; `region` is how sentences name the cluster. */
  cluster(where: { context: string; namespace: string; region: string }): Cluster;
  close(): Promise<void>;
}

/** `kubeconfig` is a path; without it the usual places are read (KUBECONFIG, ~/.kube/config, the service account). */
export function createKubernetes(kubeconfig?: string): Kubernetes {
  const apis = new Map<string, Connection>();
  return {
    cluster({ context, namespace, region }) {
      const existing = apis.get(context) ?? connect(kubeconfig, context);
      apis.set(context, existing);
      return createCluster(existing, namespace, `Kubernetes in ${region}`);
    },
    async close() {
      await Promise.all([...apis.values()].map((api) => api.close()));
      apis.clear();
    },
  };
}

function createCluster(apis: Connection, namespace: string, where: string): Cluster {
  const reading = (signal: AbortSignal) => optionsOf(apis, signal, 'read');
  const writing = (signal: AbortSignal) => optionsOf(apis, signal, 'write');
  const merging = (signal: AbortSignal) => optionsOf(apis, signal, 'write', PatchStrategy.MergePatch);
  const objects = createObjects(apis, namespace);
  const attempt = async <T>(subject: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translateKubernetesError(error, `${where}, ${subject}`);
    }
  };
  return {
    workload: (name, signal) =>
      attempt(`deployment ${name}`, async () =>
        toWorkload(await apis.apps.readNamespacedDeployment({ name, namespace }, reading(signal))),
      ),
    autoscalers: (signal) =>
      attempt('autoscalers', async () => {
        const request = { namespace, limit: PAGE };
        const { items } = await apis.autoscaling.listNamespacedHorizontalPodAutoscaler(request, reading(signal));
        return items.map(toAutoscaler);
      }),
    nodes: (signal) =>
      attempt('nodes', async () => {
        const items = await everyPage((page) => apis.core.listNode(page, reading(signal)));
        return items.map(toNode).filter((node) => node !== undefined);
      }),
    reservations: (signal) =>
      attempt('pods', async () => {
        const items = await everyPage((page) => apis.core.listPodForAllNamespaces(page, reading(signal)));
        return items.map(toReservation).filter((reservation) => reservation !== undefined);
      }),
    secret: (name, signal) =>
      attempt(`secret ${name}`, async () => {
        const { metadata, data = {} } = await apis.core.readNamespacedSecret({ name, namespace }, reading(signal));
        return {
          resourceVersion: metadata?.resourceVersion ?? '',
          owner: reconcilerOf(metadata),
          value: (key) => Buffer.from(data[key] ?? '', 'base64').toString('utf8'),
        };
      }),
    pods: (signal) =>
      attempt('pods', async () => {
        const items = await everyPage((page) => apis.core.listNamespacedPod({ namespace, ...page }, reading(signal)));
        return items.map(toPod);
      }),
    releases: (signal) =>
      attempt('replica sets', async () => {
        const items = await everyPage((page) =>
          apis.apps.listNamespacedReplicaSet({ namespace, ...page }, reading(signal)),
        );
        return items.map(toRelease).toSorted((a, b) => b.revision - a.revision);
      }),
    services: (signal) =>
      attempt('services', async () => {
        const { items } = await apis.core.listNamespacedService({ namespace, limit: PAGE }, reading(signal));
        return items.map(toService);
      }),
    logs: ({ name, container }, { lines, previous }, signal) =>
      attempt(`log of pod ${name}`, () => {
        const request = { namespace, name, container, tailLines: lines, previous, limitBytes: LOG_BYTES };
        return apis.core.readNamespacedPodLog(request, reading(signal));
      }),
    deletePod: ({ name, uid }, signal) =>
      attempt(`pod ${name}`, async () => {
        const body = { preconditions: { uid } };
        await apis.core.deleteNamespacedPod({ name, namespace, body }, writing(signal));
      }).catch(ignoreGone),
    setRelease: ({ name, resourceVersion }, { template, cause }, signal) =>
      attempt(`deployment ${name}`, async () => {
        const deployment = await apis.apps.readNamespacedDeployment({ name, namespace }, reading(signal));
        const { metadata, spec } = deployment;
        if (!metadata || !spec) return;
        const { [CHANGE_CAUSE]: _, ...annotations } = metadata.annotations ?? {};
        metadata.annotations = cause === '' ? annotations : { ...annotations, [CHANGE_CAUSE]: cause };
        metadata.resourceVersion = resourceVersion;
        spec.template = template;
        await apis.apps.replaceNamespacedDeployment({ name, namespace, body: deployment }, writing(signal));
      }),
    setSelector: ({ name, resourceVersion }, labels, signal) =>
      attempt(`service ${name}`, async () => {
        const body = { metadata: { resourceVersion }, spec: { selector: labels } };
        await apis.core.patchNamespacedService({ name, namespace, body }, merging(signal));
      }),
    objects: {
      find: (manifest, signal) => attempt(nameOf(manifest), () => objects.find(manifest, signal)),
      apply: (manifest, signal) => attempt(nameOf(manifest), () => objects.apply(manifest, signal)),
      remove: (manifest, uid, signal) =>
        attempt(nameOf(manifest), () => objects.remove(manifest, uid, signal)).catch(ignoreGone),
    },
    setReplicas: ({ name, resourceVersion }, replicas, signal) =>
      attempt(`deployment ${name}`, async () => {
        const body = { metadata: { resourceVersion }, spec: { replicas } };
        await apis.apps.patchNamespacedDeploymentScale({ name, namespace, body }, merging(signal));
      }),
    setBounds: ({ name, resourceVersion }, bounds, signal) =>
      attempt(`autoscaler ${name}`, async () => {
        const body = { metadata: { resourceVersion }, spec: bounds };
        await apis.autoscaling.patchNamespacedHorizontalPodAutoscaler({ name, namespace, body }, merging(signal));
      }),
    restart: ({ name, resourceVersion }, restartedAt, signal) =>
      attempt(`deployment ${name}`, async () => {
        const template = { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } };
        const body = { metadata: { resourceVersion }, spec: { template } };
        await apis.apps.patchNamespacedDeployment({ name, namespace, body }, merging(signal));
      }),
    setSecretValues: (name, { resourceVersion }, values, signal) =>
      attempt(`secret ${name}`, async () => {
        const data = Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
        );
        const body = { metadata: { resourceVersion }, data };
        await apis.core.patchNamespacedSecret({ name, namespace, body }, merging(signal));
      }),
  };
}

async function everyPage<T>(
  page: (request: { limit: number; _continue?: string }) => Promise<{ items: T[]; metadata?: { _continue?: string } }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const answer: Awaited<ReturnType<typeof page>> = await page({ limit: PAGE, ...(next ? { _continue: next } : {}) });
    items.push(...answer.items);
    next = answer.metadata?._continue || undefined;
  }
  return items;
}

const nameOf = ({ kind, metadata }: Manifest) => `${kind.toLowerCase()} ${metadata.name}`;

/** What is to be gone and is not there, is gone. */
function ignoreGone(error: unknown): void {
  if (error instanceof LifeboatError && error.code === 'kubernetes.not-found') return;
  throw error;
}
