import { isObject, type Json, type JsonObject, objectAt, sameJson, stringsAt, textOf } from './json.ts';
import type { ClusterState, DeploymentState, PodState, PodTemplate } from './state.ts';
import { objectsAt } from './tables/column.ts';

/** What a pod reserves on its node. */
export interface Requests {
  millicores: number;
  memoryMebibytes: number;
}

/** Release that every deployment of the system begins with. */
const FIRST_RELEASE = '1.0.0';

export const imageName = (deployment: string, release: string) => `registry.example.com/${deployment}:${release}`;

/** Labels and containers of the pods that a deployment of the system begins with; `secret` is their environment. */
export function firstPods(
  secret: string,
  { name, podMillicores, podMemoryMebibytes }: Pick<DeploymentState, 'name' | 'podMillicores' | 'podMemoryMebibytes'>,
): PodTemplate {
  const requests = { cpu: `${podMillicores}m`, memory: `${podMemoryMebibytes}Mi` };
  return {
    labels: { app: name },
    spec: defaultedSpec({
      containers: [
        {
          name,
          image: imageName(name, FIRST_RELEASE),
          envFrom: [{ secretRef: { name: secret } }],
          ports: [{ containerPort: 8080 }],
          resources: { requests, limits: { memory: requests.memory } },
        },
      ],
    }),
  };
}

/** Labels and containers of a deployment's pods, or of one of its templates or pods. */
export function podsOf(
  secret: string,
  deployment: DeploymentState,
  of: { pods?: PodTemplate | undefined } = deployment,
): PodTemplate {
  return of.pods ?? firstPods(secret, deployment);
}

/** What is kept of a template: nothing where it is the one that the deployment began with. */
export function keptPods(secret: string, deployment: DeploymentState, pods: PodTemplate): PodTemplate | undefined {
  return deployment.selector === undefined && sameJson(toJson(pods), toJson(firstPods(secret, deployment)))
    ? undefined
    : pods;
}

const toJson = ({ labels, spec }: PodTemplate): JsonObject => ({ labels, spec });

/** A pod template as it was written, with the defaults that the API server fills in. */
export function readPods(template: JsonObject): PodTemplate {
  return { labels: stringsAt(template, 'metadata', 'labels'), spec: defaultedSpec(objectAt(template, 'spec')) };
}

function defaultedSpec(spec: JsonObject): JsonObject {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    ...withoutNull(spec),
    securityContext: objectAt(spec, 'securityContext'),
    containers: objectsAt(spec, 'containers').map(defaultedContainer),
    ...(Array.isArray(spec.volumes) ? { volumes: spec.volumes.map(defaultedVolume) } : {}),
  };
}

function defaultedContainer(container: JsonObject): JsonObject {
  const image = textOf(container.image);
  const isFloating = !image.includes('@') && (!/:[^/]+$/.test(image) || image.endsWith(':latest'));
  return {
    imagePullPolicy: isFloating ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...withoutNull(container),
    resources: objectAt(container, 'resources'),
    ...(Array.isArray(container.ports)
      ? { ports: objectsAt(container, 'ports').map((port) => ({ protocol: 'TCP', ...port })) }
      : {}),
    ...Object.fromEntries(
      ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
        isObject(container[probe]) ? [[probe, defaultedProbe(container[probe])]] : [],
      ),
    ),
  };
}

function defaultedProbe(probe: JsonObject): JsonObject {
  const timing = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  const get = objectAt(probe, 'httpGet');
  return { ...timing, ...probe, ...(probe.httpGet === undefined ? {} : { httpGet: { scheme: 'HTTP', ...get } }) };
}

/** Files of secrets and config maps are for everybody to read, unless it is said. */
const FILE_MODE = 420;

function defaultedVolume(volume: Json): Json {
  if (!isObject(volume)) return volume;
  const kinds = ['configMap', 'secret'].filter((kind) => isObject(volume[kind]));
  const files = kinds.map((kind) => [kind, { defaultMode: FILE_MODE, ...objectAt(volume, kind) }]);
  return { ...volume, ...Object.fromEntries(files) };
}

const withoutNull = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));

/** What a pod with these containers reserves. */
function requestsOfSpec(spec: JsonObject): Requests {
  const of = (name: 'cpu' | 'memory') =>
    objectsAt(spec, 'containers').map((container) => {
      const { requests, limits } = objectAt(container, 'resources');
      // A limit without a request is the request, too.
      return (
        textOf(objectAt({ requests: requests ?? {} }, 'requests')[name]) ||
        textOf(objectAt({ limits: limits ?? {} }, 'limits')[name])
      );
    });
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return { millicores: sum(of('cpu').map(millicores)), memoryMebibytes: sum(of('memory').map(mebibytes)) };
}

export function requestsOf({ podMillicores, podMemoryMebibytes, pods }: DeploymentState): Requests {
  return pods ? requestsOfSpec(pods.spec) : { millicores: podMillicores, memoryMebibytes: podMemoryMebibytes };
}

/** What one pod reserves; nothing once it has run to its end. */
export function requestsOfPod(cluster: ClusterState, pod: PodState): Requests {
  if (pod.finished !== undefined) return { millicores: 0, memoryMebibytes: 0 };
  if (pod.pods) return requestsOfSpec(pod.pods.spec);
  const deployment = cluster.deployments[pod.deployment];
  if (!deployment) return { millicores: 0, memoryMebibytes: 0 };
  return { millicores: deployment.podMillicores, memoryMebibytes: deployment.podMemoryMebibytes };
}

function millicores(quantity: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)(m?)$/.exec(quantity) ?? [];
  return Math.ceil(Number(number) * (unit === 'm' ? 1 : 1000));
}

const MEBIBYTES: Record<string, number> = {
  '': 2 ** -20,
  Ki: 2 ** -10,
  Mi: 1,
  Gi: 2 ** 10,
  k: 1e3 * 2 ** -20,
  M: 1e6 * 2 ** -20,
  G: 1e9 * 2 ** -20,
};

function mebibytes(quantity: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)(\D*)$/.exec(quantity) ?? [];
  return Math.ceil(Number(number) * (MEBIBYTES[unit] ?? 0));
}

/** Labels that a pod carries, besides its template's hash. */
export const podLabels = (pod: PodState): Record<string, string> => pod.pods?.labels ?? { app: pod.deployment };

/** Name and image of a pod's first container: the one that its troubles are about. */
export function firstContainer(pod: Pick<PodState, 'pods' | 'deployment'>): { name: string; image: string } {
  const [container = {}] = objectsAt(pod.pods?.spec ?? {}, 'containers');
  return {
    name: textOf(container.name) || pod.deployment,
    image: textOf(container.image) || imageName(pod.deployment, FIRST_RELEASE),
  };
}
