import type { Resource } from '../resource.ts';
import { autoscalers } from './autoscalers.ts';
import { deployments } from './deployments.ts';
import { events } from './events.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replica-sets.ts';
import { secrets } from './secrets.ts';

/** Every kind that the simulated clusters serve. */
export const resources: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  secrets,
  events,
  deployments,
  replicaSets,
  autoscalers,
];
