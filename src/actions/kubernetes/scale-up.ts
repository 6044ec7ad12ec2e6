import type { Clients } from '../../adapters/index.ts';
import { raise } from './raise.ts';

/** Where nothing else owns the number of replicas; an autoscaler's deployments are k8s.autoscaler's. */
export const scaleUp = (clients: Clients) =>
  raise(clients, {
    id: 'k8s.scale-up',
    summary: 'Raise deployments without an autoscaler as far as the nodes have room, and wait until the pods are ready',
    permissions: { 'apps/deployments/scale': ['patch'], 'autoscaling/horizontalpodautoscalers': ['list'] },
    example: { title: 'Ten pods', with: { region: 'us-east-1', replicas: { 'websocket-service': 10 } } },
    takes: ({ autoscaler }) => autoscaler === undefined,
  });
