import { textOf } from '../json.ts';
import { podsOf } from '../pod-template.ts';
import type { ClusterContext } from '../resource.ts';
import { startedAt } from '../rollout.ts';
import { badRequest } from '../status.ts';
import { objectsAt } from '../tables/column.ts';
import { linesOf, runOf } from './lines.ts';

/** What `pods/<name>/log` answers: lines of one container, as the parameters of the request want them. */
export function logOf({ cluster, now, system }: ClusterContext, name: string, query: URLSearchParams): string {
  const pod = cluster.pods[name];
  if (!pod) return '';
  const deployment = cluster.deployments[pod.deployment];
  const { spec } = pod.pods ?? (deployment ? podsOf(system.kubernetes.secret.name, deployment, pod) : { spec: {} });
  const containers = objectsAt(spec, 'containers').map((one) => textOf(one.name));
  const container = query.get('container') || containers[0] || pod.deployment;
  if (!containers.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  if (!query.get('container') && containers.length > 1) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
  }
  const previous = isTrue(query.get('previous'));
  const run = runOf(pod, previous, now);
  if (previous && !run) {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  if (!pod.node) throw badRequest(`container "${container}" in pod "${name}" is waiting to start: not yet scheduled`);
  if (!run || (!pod.ended && pod.waiting)) {
    const why = pod.trouble === 'image' ? 'trying and failing to pull image' : 'ContainerCreating';
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`);
  }
  if (!previous && !pod.ended && now < startedAt(pod)) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`);
  }

  const seconds = Number(query.get('sinceSeconds') ?? Number.NaN);
  const since = Number.isNaN(seconds) ? Date.parse(query.get('sinceTime') ?? '') : now - seconds * 1000;
  const tail = query.has('tailLines') ? Number(query.get('tailLines')) : Number.POSITIVE_INFINITY;
  const lines = linesOf(pod, run).filter(({ at }) => Number.isNaN(since) || at >= since);
  const wanted = tail === Number.POSITIVE_INFINITY ? lines : tail <= 0 ? [] : lines.slice(-tail);
  const withTimes = isTrue(query.get('timestamps'));
  const text = wanted.map((line) => `${withTimes ? `${new Date(line.at).toISOString()} ` : ''}${line.text}\n`).join('');
  const limit = Number(query.get('limitBytes') ?? 0);
  return limit > 0 ? Buffer.from(text).subarray(0, limit).toString() : text;
}

const isTrue = (text: string | null) => text === 'true' || text === '1';
