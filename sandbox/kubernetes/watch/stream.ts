import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../json.ts';
import { apiVersion, type KubernetesObject, type Resource } from '../resource.ts';
import { ApiStatus } from '../status.ts';
import type { Change, ClusterHistory } from './history.ts';

/** Machine milliseconds between two bookmarks, as the API server sends them. */
const BOOKMARK_PERIOD = 60_000;

export interface Watch {
  resource: Resource;
  /** Objects that the client wants to hear of. */
  selects(object: KubernetesObject): boolean;
  /** Revision after which changes are told; undefined: every object there is comes first. */
  from: number | undefined;
  /** Ends what comes first with a bookmark that says so. */
  marksInitial: boolean;
  bookmarks: boolean;
  /** Machine milliseconds until the server ends the watch. */
  timeout: number;
  /** An object as the client wants to have it; `first` is whether it is the first of this watch. */
  represent(object: KubernetesObject, first: boolean): JsonObject;
}

/** Tells a client of the changes it asked for, one JSON object a line. The returned function ends that silently. */
export function streamWatch(
  response: ServerResponse,
  history: ClusterHistory,
  present: readonly KubernetesObject[],
  watch: Watch,
): () => void {
  const { resource, selects } = watch;
  let first = true;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();

  const write = (type: string, object: JsonObject) => response.write(`${JSON.stringify({ type, object })}\n`);
  const tell = (type: string, object: KubernetesObject) => {
    write(type, watch.represent(object, first));
    first = false;
  };
  const bookmark = (annotations?: JsonObject) => {
    const metadata = {
      resourceVersion: String(history.revision),
      creationTimestamp: null,
      ...(annotations && { annotations }),
    };
    write('BOOKMARK', { kind: resource.kind, apiVersion: apiVersion(resource), metadata });
  };
  const tellAll = (changes: readonly Change[]) => {
    for (const change of changes) {
      if (change.resource !== resource) continue;
      const type = typeFor(change, selects);
      if (type) tell(type, change.object);
    }
  };

  if (watch.from === undefined) {
    for (const object of present) tell('ADDED', object);
    if (watch.marksInitial) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else {
    const missed = history.since(watch.from);
    if (!missed) {
      const message = `too old resource version: ${watch.from} (${history.revision})`;
      write('ERROR', new ApiStatus(410, 'Expired', message).body());
      response.end();
      return () => undefined;
    }
    tellAll(missed);
  }

  const stopFollowing = history.follow(tellAll);
  const regular = watch.bookmarks ? setInterval(() => bookmark(), BOOKMARK_PERIOD) : undefined;
  const over = setTimeout(() => {
    if (watch.bookmarks) bookmark();
    stop();
    response.end();
  }, watch.timeout);
  response.once('close', stop);
  return stop;

  function stop(): void {
    stopFollowing();
    clearInterval(regular);
    clearTimeout(over);
  }
}

/** An object that begins or ceases to be selected is new or gone for those who select. */
function typeFor({ type, object, previous }: Change, selects: Watch['selects']): Change['type'] | undefined {
  const before = previous !== undefined && selects(previous);
  const after = type !== 'DELETED' && selects(object);
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
