import { type JsonObject, sameJson } from '../json.ts';
import {
  type ClusterContext,
  type KubernetesObject,
  metadata,
  newObject,
  nextVersion,
  type Resource,
  writtenMetadata,
} from '../resource.ts';
import type { ClusterState, PlainObjectState } from '../state.ts';

/** What a kind adds to being kept as it was written. */
interface PlainKind
  extends Pick<Resource, 'group' | 'version' | 'kind' | 'plural' | 'singular' | 'shortNames' | 'columns'> {
  categories?: string[];
  /**
   * The content (all but kind, metadata and status) with the API server's defaults; `before` is what it was, for an
   * update. Throws 422 for what the server refuses.
   */
  complete(context: ClusterContext, name: string, content: JsonObject, before: JsonObject | undefined): JsonObject;
  status?(context: ClusterContext, state: PlainObjectState): JsonObject;
  /** Whether changes of its content count (`metadata.generation`). */
  hasGeneration?: boolean;
  /** Something follows from it that controllers do. */
  isReconciled?: boolean;
  removed?(context: ClusterContext, name: string): void;
}

/** A kind whose objects are kept as they were written. */
export function plainResource(kind: PlainKind): Resource {
  const { plural, complete } = kind;
  const all = (cluster: ClusterState) => cluster.objects?.[plural] ?? {};
  const put = (cluster: ClusterState, name: string, state: PlainObjectState) => {
    cluster.objects ??= {};
    cluster.objects[plural] = { ...all(cluster), [name]: state };
  };
  const render = (context: ClusterContext, state: PlainObjectState): KubernetesObject => {
    const { generation, ...own } = metadata(state);
    return {
      metadata: { ...own, ...(kind.hasGeneration && generation !== undefined ? { generation } : {}) },
      ...state.content,
      ...(kind.status ? { status: kind.status(context, state) } : {}),
    };
  };
  const { group, version, singular, shortNames, columns, categories } = kind;
  return {
    ...{ group, version, kind: kind.kind, plural, singular, shortNames, columns, namespaced: true },
    ...(categories && { categories }),
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
    stored: (cluster, name) => all(cluster)[name],
    list: (context) => Object.values(all(context.cluster)).map((state) => render(context, state)),
    get(context, name) {
      const state = all(context.cluster)[name];
      return state && render(context, state);
    },
    write(context, name, next) {
      const state = all(context.cluster)[name];
      if (!state) return;
      const content = complete(context, name, contentOf(next), state.content);
      const written = writtenMetadata(next);
      const contentChanged = !sameJson(content, state.content);
      const metadataChanged =
        !sameJson(written.labels, state.labels) || !sameJson(written.annotations, state.annotations);
      if (!contentChanged && !metadataChanged) return;
      put(context.cluster, name, {
        ...state,
        ...written,
        content,
        generation: state.generation + (contentChanged ? 1 : 0),
        resourceVersion: nextVersion(context.cluster),
      });
      if (kind.isReconciled && contentChanged) context.reconcile();
    },
    create(context, name, object) {
      const content = complete(context, name, contentOf(object), undefined);
      put(context.cluster, name, { ...newObject(context, object, singular), content });
      if (kind.isReconciled) context.reconcile();
    },
    remove(context, name) {
      const { [name]: _, ...rest } = all(context.cluster);
      context.cluster.objects = { ...context.cluster.objects, [plural]: rest };
      context.cluster.revision += 1;
      kind.removed?.(context, name);
    },
  };
}

function contentOf(object: JsonObject): JsonObject {
  const { kind: _, apiVersion: __, metadata: ___, status: ____, ...content } = object;
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}
