import type { Json } from '../../src/domain/action.ts';

export interface ClusterState {
  region: string;
  /** Grows with every change of any object, as etcd's revision does. */
  revision: number;
  nodes: NodeState[];
  deployments: Record<string, DeploymentState>;
  autoscalers: Record<string, AutoscalerState>;
  secrets: Record<string, SecretState>;
  pods: Record<string, PodState>;
  /** What the controllers told, oldest first; absent before the first, bounded. */
  events?: ClusterEvent[];
  /** Services, ingresses, config maps and jobs by kind (plural) and name; absent in worlds saved before there were any. */
  objects?: Record<string, Record<string, PlainObjectState>>;
  /** Requests that users send while this region serves them, as pods of each deployment that they keep busy. */
  demand?: Record<string, number>;
}

export interface NodeState {
  name: string;
  allocatableMillicores: number;
  allocatableMemoryMebibytes: number;
  /** World time since when nothing on it answers; absent: it works. */
  downSince?: number;
  /** It has been silent for so long that the cluster calls it not ready. */
  isNotReady?: boolean;
}

/** What a controller of a cluster did or could not do; the same again is counted. */
export interface ClusterEvent {
  name: string;
  resourceVersion: string;
  /** The object that it happened to. */
  involved: { kind: string; namespace: string; name: string; uid: string; fieldPath?: string };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  host?: string;
  firstAt: number;
  lastAt: number;
  count: number;
}

/** Whose fields of an object are whose, as `metadata.managedFields` tells it. */
export interface FieldManager {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  apiVersion: string;
  at: number;
  /** In the API's own notation (`FieldsV1`), as text. */
  fields: string;
}

interface ObjectState {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Absent until somebody writes the object: until then it belongs to whoever created it. */
  managers?: FieldManager[];
}

/** A pod template that a deployment has or had: what a ReplicaSet stands for. */
export interface TemplateState {
  /** What pods carry as their `templateRevision`. */
  number: number;
  /** Of the rollout: a template that comes back gets a new one. */
  revision: number;
  annotations: Record<string, string>;
  createdAt: number;
  /** Pods that the deployment controller wants of it. */
  replicas: number;
  changeCause?: string;
  /** Labels and containers of its pods; absent: those that a deployment of the system begins with. */
  pods?: PodTemplate;
  /** A bad release: what happens to every pod of it. */
  trouble?: PodTrouble;
}

/** Labels and specification (as the API writes it) of pods. */
export interface PodTemplate {
  labels: Record<string, string>;
  spec: Record<string, Json>;
}

/** What is the matter with a pod's container. */
export type PodTrouble =
  /** It exits soon after its start. */
  | 'crash'
  /** It serves for a while, and is killed at its memory limit. */
  | 'out-of-memory'
  /** Its image cannot be pulled. */
  | 'image'
  /** It runs and does not answer its readiness probe. */
  | 'probe';

export interface DeploymentState extends ObjectState {
  replicas: number;
  /** Number of the current template; `restartedAt` and other template annotations live here. */
  templateRevision: number;
  /** Templates that are kept for a rollback, and the current one; absent in worlds saved before there were any. */
  templates?: TemplateState[];
  templateAnnotations: Record<string, string>;
  /** What a pod of it reserves. */
  podMillicores: number;
  podMemoryMebibytes: number;
  conditions: { type: string; status: string; reason: string; at: number }[];
  observedGeneration: number;
  /** Labels and containers of its pods; absent: those that a deployment of the system begins with. */
  pods?: PodTemplate;
  /** Which pods are its own; absent: those with the label `app` and its name. */
  selector?: Record<string, string>;
}

export interface AutoscalerState extends ObjectState {
  target: string;
  minReplicas: number;
  maxReplicas: number;
}

/** An object that is kept as it was written: everything but its kind, its metadata and its status. */
export interface PlainObjectState extends ObjectState {
  content: Record<string, Json>;
}

export interface SecretState extends ObjectState {
  /** Values in the clear; the wire carries base64. */
  data: Record<string, string>;
}

export interface PodState {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  createdAt: number;
  deployment: string;
  templateRevision: number;
  /** Absent as long as no node has room for it; `readyAt` then lies beyond all times. */
  node: string | undefined;
  scheduledAt: number;
  readyAt: number;
  deletedAt?: number;
  /** The connection secret's values as they were when the pod started: it keeps them until it is restarted. */
  environment: Record<string, string>;
  /** Labels and containers, where it is no pod of a deployment that is as the system began with it. */
  pods?: PodTemplate;
  /** The job that it belongs to; `deployment` is '' then. */
  job?: string;
  /** What is the matter with its container; absent: nothing. */
  trouble?: PodTrouble;
  /** How often its container was started again; absent: never. */
  restarts?: number;
  /** When its container was started last, where that is not what follows from `scheduledAt` and `readyAt`. */
  startedAt?: number;
  /** It runs and has lost its readiness, since then. */
  unreadySince?: number;
  /** Its container does not run: it waits for this reason, since then. */
  waiting?: { reason: string; message: string; since: number };
  /** How its container ended last. */
  ended?: { reason: string; exitCode: number; startedAt: number; finishedAt: number };
  /** It has run to its end, and how. */
  finished?: 'Succeeded' | 'Failed';
  /** Its node is lost: since then nothing of it answers. */
  lostAt?: number;
}
