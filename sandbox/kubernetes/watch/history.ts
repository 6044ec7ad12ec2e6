import { textOf } from '../json.ts';
import { present } from '../present.ts';
import { type ClusterContext, type KubernetesObject, nextVersion, type Resource } from '../resource.ts';
import { resources } from '../resources/index.ts';

/** As many changes can be watched after the fact; who knows only older ones must list again. */
const MOST = 2000;

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Revision of the cluster; changes are told in its order. */
  version: number;
  resource: Resource;
  object: KubernetesObject;
  /** The object before the change; absent for a new one. */
  previous?: KubernetesObject;
}

interface Known {
  resource: Resource;
  object: KubernetesObject;
  version: number;
  /** The object as text, without its version. */
  content: string;
}

/**
 * What changed in one cluster, object by object. The state holds no objects of the API, so each change of the world is
 * followed by a comparison of what it renders to now with what it did before.
 */
export class ClusterHistory {
  readonly #contextNow: (versionOf: ClusterContext['versionOf']) => ClusterContext;
  readonly #known = new Map<string, Known>();
  #changes: Change[] = [];
  /** Everything after this revision is in `#changes`. */
  #begin: number;
  #synced: number;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();

  /** `context` makes the context of the cluster as it is now, with the versions that this history knows. */
  constructor(context: (versionOf: ClusterContext['versionOf']) => ClusterContext) {
    this.#contextNow = context;
    const { cluster } = this.#context();
    this.#begin = cluster.revision;
    this.#synced = cluster.revision;
    for (const [key, known] of this.#render()) this.#known.set(key, known);
  }

  /** Revision that all objects are known at. */
  get revision(): number {
    return this.#synced;
  }

  /** Version of an object that is computed: of its last change; one that has none is as old as the history. */
  versionOf(plural: string, name: string): string {
    return String(this.#known.get(`${plural}/${name}`)?.version ?? this.#begin);
  }

  /** Every change after `revision`; undefined when some of them are forgotten. */
  since(revision: number): Change[] | undefined {
    return revision < this.#begin ? undefined : this.#changes.filter(({ version }) => version > revision);
  }

  /** Calls back with new changes, in the order of their versions, until the returned function is called. */
  follow(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether anybody wants to hear of changes at once; otherwise it is enough to sync before the next answer. */
  get isFollowed(): boolean {
    return this.#listeners.size > 0;
  }

  /** Takes in what changed in the cluster since the last time; nothing when its revision is the same. */
  sync(): void {
    const { cluster } = this.#context();
    if (cluster.revision === this.#synced) return;
    const rendered = this.#render();
    const changes = [...this.#changed(rendered), ...this.#gone(rendered)];
    this.#synced = cluster.revision;
    if (changes.length === 0) return;
    changes.sort((a, b) => a.version - b.version);
    this.#changes.push(...changes);
    if (this.#changes.length > MOST) {
      const forgotten = this.#changes.splice(0, this.#changes.length - MOST);
      this.#begin = forgotten.at(-1)?.version ?? this.#begin;
    }
    for (const listener of [...this.#listeners]) listener(changes);
  }

  #context(): ClusterContext {
    return this.#contextNow((plural, name) => this.versionOf(plural, name));
  }

  #render(): Map<string, Known> {
    const context = this.#context();
    const rendered = new Map<string, Known>();
    for (const resource of resources) {
      for (const plain of resource.list(context)) {
        const object = present(resource, context.cluster, plain);
        const { resourceVersion, ...metadata } = object.metadata;
        rendered.set(`${resource.plural}/${textOf(metadata.name)}`, {
          resource,
          object,
          version: Number(resourceVersion),
          content: resource.isPlain ? '' : JSON.stringify({ ...object, metadata }),
        });
      }
    }
    return rendered;
  }

  #changed(rendered: Map<string, Known>): Change[] {
    const { cluster } = this.#context();
    const changes: Change[] = [];
    for (const [key, now] of rendered) {
      const before = this.#known.get(key);
      const sameContent = before?.content === now.content;
      if (before && sameContent && before.version === now.version) continue;
      const stored = now.resource.stored?.(cluster, textOf(now.object.metadata.name));
      // A version must not stand for two contents: those that follow from other objects or from time get a new one.
      if (now.version <= this.#synced && !sameContent) {
        const version = nextVersion(cluster);
        if (stored) stored.resourceVersion = version;
        now.version = Number(version);
        now.object.metadata.resourceVersion = version;
      }
      this.#known.set(key, now);
      const { resource, object, version } = now;
      changes.push(
        before
          ? { type: 'MODIFIED', version, resource, object, previous: before.object }
          : { type: 'ADDED', version, resource, object },
      );
    }
    return changes;
  }

  #gone(rendered: Map<string, Known>): Change[] {
    const { cluster } = this.#context();
    const changes: Change[] = [];
    for (const [key, { resource, object }] of this.#known) {
      if (rendered.has(key)) continue;
      this.#known.delete(key);
      const resourceVersion = nextVersion(cluster);
      const last = { ...object, metadata: { ...object.metadata, resourceVersion } };
      changes.push({ type: 'DELETED', version: Number(resourceVersion), resource, object: last, previous: object });
    }
    return changes;
  }
}
