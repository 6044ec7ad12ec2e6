import {
  AppsV1Api,
  AutoscalingV2Api,
  type ConfigurationOptions,
  CoreV1Api,
  KubeConfig,
  type Middleware,
  Observable,
  type ObservableMiddleware,
  type RequestContext,
} from '@kubernetes/client-node';
import { Permanent } from '../../domain/errors.ts';
import { within } from '../deadline.ts';

/** Machine milliseconds for an answer. */
const TIMEOUTS = { read: 10_000, write: 20_000 } as const;

/** The APIs of one cluster, over one connection pool. */
export interface Connection {
  config: KubeConfig;
  apps: AppsV1Api;
  autoscaling: AutoscalingV2Api;
  core: CoreV1Api;
  /** Gives a request its deadline and the pool. */
  prepare(request: RequestContext, signal: AbortSignal, kind: keyof typeof TIMEOUTS): void;
  close(): Promise<void>;
}

/** `kubeconfig` is a path; without it the usual places are read. Throws Permanent where it has no such context. */
export function connect(kubeconfig: string | undefined, context: string): Connection {
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
    config,
    apps: config.makeApiClient(AppsV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    core: config.makeApiClient(CoreV1Api),
    prepare(request, signal, kind) {
      request.setSignal(within(TIMEOUTS[kind], signal));
      pool ??= request.getDispatcher();
      if (pool) request.setDispatcher(pool);
    },
    async close() {
      await pool?.destroy();
    },
  };
}

export function middlewareOf(
  connection: Connection,
  signal: AbortSignal,
  kind: keyof typeof TIMEOUTS,
  contentType?: string,
): Middleware {
  return {
    async pre(request) {
      connection.prepare(request, signal, kind);
      if (contentType !== undefined) request.setHeaderParam('Content-Type', contentType);
      return request;
    },
    post: async (response) => response,
  };
}

/** The same for one call of a typed API. */
export function optionsOf(
  connection: Connection,
  signal: AbortSignal,
  kind: keyof typeof TIMEOUTS,
  contentType?: string,
): ConfigurationOptions<ObservableMiddleware> {
  const { pre, post } = middlewareOf(connection, signal, kind, contentType);
  const middleware: ObservableMiddleware = {
    pre: (request) => new Observable(pre(request)),
    post: (response) => new Observable(post(response)),
  };
  return { middlewareMergeStrategy: 'append', middleware: [middleware] };
}
