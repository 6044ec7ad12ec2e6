import type { System } from '../../src/domain/system.ts';
import type { WorldState } from '../world/state.ts';
import { demandOf } from './load.ts';
import { podName, uid } from './names.ts';
import type {
  AutoscalerState,
  ClusterState,
  DeploymentState,
  PlainObjectState,
  PodState,
  SecretState,
} from './state.ts';

const DAY = 86_400_000;
const POD = { millicores: 250, memoryMebibytes: 512 };
/** What a node of four processors leaves to pods. */
const NODE = { allocatableMillicores: 3920, allocatableMemoryMebibytes: 14_500 };
/** Room for full capacity twice over a rolling update's surge of 25 %, as a pilot-light cluster keeps it reserved. */
const HEADROOM = 1.5;
/** Pods of the standby region per deployment: the first one two, every other one. */
const PILOT_LIGHT = 2;

export interface DatabaseConnection {
  address: string;
  port: number;
  username: string;
  password: string;
}

/** How the application signs in to the database before anything happens: the primary, from both regions. */
export function applicationConnection(system: System): DatabaseConnection {
  const { primary, applicationUsers } = system.database;
  const username = applicationUsers[0] ?? 'application';
  return {
    address: `${primary.instance}.c1a2b3.${primary.region}.rds.amazonaws.com`,
    port: 5432,
    username,
    password: `${username}-in-the-sandbox`,
  };
}

/**
 * The clusters of a healthy system, one a region: the primary at its full profile, the standby as a pilot light,
 * every pod ready, nodes with room for full capacity. `fullProfile` is replicas per deployment; `now` is world time.
 */
export function createClusters({
  system,
  now,
  fullProfile,
}: {
  system: System;
  now: number;
  fullProfile: Record<string, number>;
}): Record<string, ClusterState> {
  const { primary, secondary } = system.regions;
  return {
    [primary]: createCluster(system, primary, now, fullProfile, (name) => full(fullProfile, name)),
    [secondary]: createCluster(system, secondary, now, fullProfile, (name, index) =>
      index === 0 ? Math.min(PILOT_LIGHT, full(fullProfile, name)) : 1,
    ),
  };
}

/**
 * Writes where the primary database really listens (and the application's password, when it is not that of
 * `applicationConnection`) into every connection secret and running pod.
 */
export function connectClusters(
  state: WorldState,
  system: System,
  to: { address: string; port: number; password?: string },
): void {
  const { name, hostKey, portKey } = system.kubernetes.secret;
  const password = to.password === undefined ? {} : { password: to.password };
  const values = { [hostKey]: to.address, [portKey]: String(to.port), ...password };
  for (const cluster of Object.values(state.kubernetes)) {
    const secret = cluster.secrets[name];
    if (secret) Object.assign(secret.data, values);
    for (const pod of Object.values(cluster.pods)) Object.assign(pod.environment, values);
  }
}

function full(fullProfile: Record<string, number>, deployment: string): number {
  return Math.max(1, fullProfile[deployment] ?? 1);
}

function createCluster(
  system: System,
  region: string,
  now: number,
  fullProfile: Record<string, number>,
  replicasOf: (deployment: string, index: number) => number,
): ClusterState {
  const { namespace, deployments, secret } = system.kubernetes;
  const cluster: ClusterState = {
    region,
    revision: 1000,
    nodes: createNodes(region, deployments, fullProfile),
    deployments: {},
    autoscalers: {},
    secrets: {},
    pods: {},
    objects: {},
    demand: Object.fromEntries(deployments.map((name) => [name, demandOf(full(fullProfile, name))])),
  };
  const base = (kind: string, name: string) => ({
    namespace,
    name,
    uid: uid(region, kind, name),
    resourceVersion: String(++cluster.revision),
    generation: 1,
    createdAt: now - 90 * DAY,
    labels: { app: name },
    annotations: {},
  });

  const { address, port, username, password } = applicationConnection(system);
  const connection: SecretState = {
    ...base('secret', secret.name),
    data: {
      [secret.hostKey]: address,
      [secret.portKey]: String(port),
      username,
      password,
      database: system.database.name,
      sslmode: 'prefer',
    },
  };
  cluster.secrets[secret.name] = connection;

  for (const [index, name] of deployments.entries()) {
    const replicas = replicasOf(name, index);
    const deployment: DeploymentState = {
      ...base('deployment', name),
      replicas,
      templateRevision: 1,
      templateAnnotations: {},
      podMillicores: POD.millicores,
      podMemoryMebibytes: POD.memoryMebibytes,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', at: now - DAY },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', at: now - DAY },
      ],
      observedGeneration: 1,
    };
    cluster.deployments[name] = deployment;
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const pod = createReadyPod(cluster, deployment, ordinal, now - DAY, connection.data);
      cluster.pods[pod.name] = pod;
    }
  }

  createFront(system, cluster, base);
  const scaled = deployments[0];
  if (scaled) {
    const most = full(fullProfile, scaled);
    const autoscaler: AutoscalerState = {
      ...base('horizontalpodautoscaler', scaled),
      target: scaled,
      minReplicas: cluster.deployments[scaled]?.replicas ?? 1,
      maxReplicas: Math.ceil(most * 1.5),
    };
    cluster.autoscalers[scaled] = autoscaler;
  }
  return cluster;
}

/** A service for each deployment, and the ingress that leads the product's host to the first one. */
function createFront(
  system: System,
  cluster: ClusterState,
  base: (kind: string, name: string) => Omit<PlainObjectState, 'content'>,
): void {
  const { deployments } = system.kubernetes;
  const service = (name: string): PlainObjectState => {
    const state = base('service', name);
    // As an API server completes it.
    const [a, b] = [...Buffer.from(state.uid.slice(0, 4), 'hex')];
    const clusterIP = `172.20.${a}.${b}`;
    const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }];
    const family = { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
    const spec = { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ...family, sessionAffinity: 'None' };
    return { ...state, content: { spec: { ...spec, selector: { app: name }, ports } } };
  };
  const services = Object.fromEntries(deployments.map((name) => [name, service(name)]));
  const [first = ''] = deployments;
  const backend = { service: { name: first, port: { number: 80 } } };
  const rule = { host: system.dns.record, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } };
  const ingress: PlainObjectState = {
    ...base('ingress', first),
    annotations: { 'alb.ingress.kubernetes.io/group.name': 'public' },
    content: { spec: { ingressClassName: 'alb', rules: [rule] } },
  };
  cluster.objects = { services, ingresses: { [first]: ingress } };
}

function createNodes(
  region: string,
  deployments: string[],
  fullProfile: Record<string, number>,
): ClusterState['nodes'] {
  const pods = deployments.reduce((sum, name) => sum + full(fullProfile, name), 0);
  const podsPerNode = Math.floor(NODE.allocatableMillicores / POD.millicores);
  const count = Math.max(3, Math.ceil((pods * HEADROOM) / podsPerNode));
  return Array.from({ length: count }, (_, index) => ({
    name: `ip-10-0-${index + 1}-${10 + index}.${region}.compute.internal`,
    ...NODE,
  }));
}

function createReadyPod(
  cluster: ClusterState,
  deployment: DeploymentState,
  ordinal: number,
  at: number,
  environment: Record<string, string>,
): PodState {
  const name = podName(cluster.region, deployment, ordinal);
  return {
    namespace: deployment.namespace,
    name,
    uid: uid(cluster.region, 'pod', name),
    resourceVersion: String(++cluster.revision),
    createdAt: at - 20_000,
    deployment: deployment.name,
    templateRevision: deployment.templateRevision,
    node: cluster.nodes[Object.keys(cluster.pods).length % cluster.nodes.length]?.name,
    scheduledAt: at,
    readyAt: at,
    environment: { ...environment },
  };
}
