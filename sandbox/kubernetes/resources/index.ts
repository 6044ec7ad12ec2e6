import type { Resource } from '../resource.ts';
import { autoscalers } from './autoscalers.ts';
import { configMaps } from './config-maps.ts';
import { deployments } from './deployments.ts';
import { events } from './events.ts';
import { ingresses } from './ingresses.ts';
import { jobs } from './jobs.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replica-sets.ts';
import { secrets } from './secrets.ts';
import { services } from './services.ts';

/** Every kind that the simulated clusters serve. */
export const resources: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  services,
  configMaps,
  secrets,
  events,
  deployments,
  replicaSets,
  autoscalers,
  ingresses,
  jobs,
];
