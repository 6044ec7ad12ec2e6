import {
  createConfiguration,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  ServerConfiguration,
  type V1APIResourceList,
} from '@kubernetes/client-node';
import { type Connection, middlewareOf } from './connection.ts';

/** Whose fields the objects are that Lifeboat applies. */
const FIELD_MANAGER = 'lifeboat';

/** An object of any kind as a manifest has it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
}

/** An object of a manifest as it is in the cluster. */
export interface FoundObject {
  uid: string;
  annotations: Record<string, string>;
  /** Lifeboat has applied it. */
  isOurs: boolean;
}

/** Objects of any kind in one namespace. Throws what the client throws. */
export interface Objects {
  /** Undefined when there is none of this kind and name. */
  find(manifest: Manifest, signal: AbortSignal): Promise<FoundObject | undefined>;
  /** Server-side apply; refused where somebody else owns what it would change. */
  apply(manifest: Manifest, signal: AbortSignal): Promise<void>;
  /** Deletes this very object, and what belongs to it. */
  remove(manifest: Manifest, uid: string, signal: AbortSignal): Promise<void>;
}

/** The client's own API for any kind, with deadlines and one connection pool. What kinds there are it asks once. */
class Api extends KubernetesObjectApi {
  constructor(
    config: KubeConfig,
    namespace: string,
    middleware: ReturnType<typeof middlewareOf>,
    known: Record<string, V1APIResourceList>,
  ) {
    const server = new ServerConfiguration(config.getCurrentCluster()?.server ?? '', {});
    super(
      createConfiguration({ baseServer: server, authMethods: { default: config }, promiseMiddleware: [middleware] }),
    );
    this.defaultNamespace = namespace;
    this.apiVersionResourceCache = known;
  }
}

export function createObjects(connection: Connection, namespace: string): Objects {
  const known: Record<string, V1APIResourceList> = {};
  const api = (signal: AbortSignal, kind: 'read' | 'write') =>
    new Api(connection.config, namespace, middlewareOf(connection, signal, kind), known);
  const inNamespace = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace },
  });
  return {
    async find(manifest, signal) {
      const { apiVersion, kind, metadata } = manifest;
      const header = { apiVersion, kind, metadata: { name: metadata.name, namespace } };
      try {
        const { metadata: found } = await api(signal, 'read').read<KubernetesObject>(header);
        return {
          uid: found?.uid ?? '',
          annotations: found?.annotations ?? {},
          isOurs: found?.managedFields?.some(({ manager }) => manager === FIELD_MANAGER) ?? false,
        };
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 404) return undefined;
        throw error;
      }
    },
    async apply(manifest, signal) {
      const strategy = PatchStrategy.ServerSideApply;
      const wanted = inNamespace(manifest);
      await api(signal, 'write').patch(wanted, undefined, undefined, FIELD_MANAGER, false, strategy);
    },
    async remove(manifest, uid, signal) {
      const options = { preconditions: { uid }, propagationPolicy: 'Background' };
      const unset = [undefined, undefined, undefined, undefined, undefined] as const;
      await api(signal, 'write').delete(inNamespace(manifest), ...unset, options);
    },
  };
}
