import {
  AppsV1Api,
  AutoscalingV2Api,
  type ConfigurationOptions,
  CoreV1Api,
  KubeConfig,
  Observable,
  type ObservableMiddleware,
  PatchStrategy,
  type RequestContext,
} from '@kubernetes/client-node';
import { Permanent } from '../../domain/errors.ts';
import { within } from '../deadline.ts';
import { translateKubernetesError } from './errors.ts';
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

const READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 20_000;
const PAGE = 500;

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
  const apis = new Map<string, Apis>();
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

interface Apis {
  apps: AppsV1Api;
  autoscaling: AutoscalingV2Api;
  core: CoreV1Api;
  options(signal: AbortSignal, milliseconds: number, contentType?: string): ConfigurationOptions<ObservableMiddleware>;
  close(): Promise<void>;
}

function connect(kubeconfig: string | undefined, context: string): Apis {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new Permanent('kubernetes.kubeconfig', `The kubeconfig ${kubeconfig ?? ''} cannot be read.`, {
      cause: error,
    });
  }
  if (!config.getContextObject(context)) {
    throw new Permanent('kubernetes.context', `The kubeconfig has no context ${context}; system.yaml names it.`);
  }
  config.setCurrentContext(context);
  // The client makes a new connection pool for each request; the first one is kept for all.
  let pool: ReturnType<RequestContext['getDispatcher']>;
  return {
    apps: config.makeApiClient(AppsV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    core: config.makeApiClient(CoreV1Api),
    options(signal, milliseconds, contentType) {
      const deadline = within(milliseconds, signal);
      return {
        middlewareMergeStrategy: 'append',
        middleware: [
          {
            pre(request) {
              request.setSignal(deadline);
              if (contentType !== undefined) request.setHeaderParam('Content-Type', contentType);
              pool ??= request.getDispatcher();
              if (pool) request.setDispatcher(pool);
              return new Observable(Promise.resolve(request));
            },
            post: (response) => new Observable(Promise.resolve(response)),
          },
        ],
      };
    },
    async close() {
      await pool?.destroy();
    },
  };
}

function createCluster(apis: Apis, namespace: string, where: string): Cluster {
  const reading = (signal: AbortSignal) => apis.options(signal, READ_TIMEOUT_MS);
  const merging = (signal: AbortSignal) => apis.options(signal, WRITE_TIMEOUT_MS, PatchStrategy.MergePatch);
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
