import { type JsonObject, objectAt, stringsAt, textOf } from './json.ts';
import { templateHash } from './names.ts';
import { podLabels } from './pod-template.ts';
import { isReady } from './rollout.ts';
import type { ClusterState, PlainObjectState, PodState } from './state.ts';
import { objectsAt } from './tables/column.ts';

/** Of several ingresses in one group, the rules of the lowest order come first; the annotation's own default is 0. */
const ORDER = 'alb.ingress.kubernetes.io/group.order';

/** Whether the service behind a deployment's target group takes this pod in; without a service its own pods are meant. */
export function isBehind(cluster: ClusterState, deployment: string, pod: PodState): boolean {
  const selector = stringsAt(serviceSpec(cluster, deployment), 'selector');
  if (Object.keys(selector).length === 0) return pod.deployment === deployment;
  return isSelected(cluster, selector, pod);
}

/**
 * Pods that take users' requests for `host` now: the ready ones of the service that the region's ingresses name for it.
 * Without an ingress for the host those of the service `usual`.
 */
export function frontPods(cluster: ClusterState, host: string, usual: string, now: number): PodState[] {
  const service = backendOf(cluster, host) ?? usual;
  return Object.values(cluster.pods).filter((pod) => isReady(pod, now) && isBehind(cluster, service, pod));
}

/** Name of the service that the first rule for the host leads to. */
function backendOf(cluster: ClusterState, host: string): string | undefined {
  const rules = Object.values(cluster.objects?.ingresses ?? {})
    .toSorted((a, b) => orderOf(a) - orderOf(b) || a.createdAt - b.createdAt)
    .flatMap((ingress) => objectsAt(ingress.content, 'spec', 'rules'));
  const rule = rules.find((one) => textOf(one.host) === host || textOf(one.host) === '');
  const [path] = rule ? objectsAt(rule, 'http', 'paths') : [];
  return path && textOf(objectAt(path, 'backend', 'service').name);
}

const orderOf = ({ annotations }: PlainObjectState) => Number(annotations[ORDER] ?? 0);

const serviceSpec = (cluster: ClusterState, name: string): JsonObject =>
  objectAt(cluster.objects?.services?.[name]?.content ?? {}, 'spec');

function isSelected(cluster: ClusterState, selector: Record<string, string>, pod: PodState): boolean {
  const labels: Record<string, string> = {
    ...podLabels(pod),
    'pod-template-hash': templateHash(cluster.region, pod.deployment, pod.templateRevision),
  };
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** A page that a pod of another deployment than the product's shows: the first HTML file of its config maps. */
export function pageOf(cluster: ClusterState, pod: PodState): string {
  const names = objectsAt(pod.pods?.spec ?? {}, 'volumes').map((volume) => textOf(objectAt(volume, 'configMap').name));
  const files = names.flatMap((name) =>
    Object.entries(objectAt(cluster.objects?.configmaps?.[name]?.content ?? {}, 'data')),
  );
  const [, page] = files.find(([key]) => key.endsWith('.html')) ?? [];
  return textOf(page);
}
