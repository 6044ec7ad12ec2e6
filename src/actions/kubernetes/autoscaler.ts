import type { Clients } from '../../adapters/index.ts';
import { raise } from './raise.ts';

/** The autoscaler goes on owning the replicas: its minimum is raised, or it would take away what is added. */
export const autoscaler = (clients: Clients) =>
  raise(clients, {
    id: 'k8s.autoscaler',
    summary:
      'Raise the minimum of the autoscalers of deployments as far as the nodes have room, and wait for their pods',
    permissions: { 'autoscaling/horizontalpodautoscalers': ['list', 'patch'] },
    example: { title: 'At least ten pods', with: { region: 'us-east-1', replicas: { 'chatbot-api': 10 } } },
    takes: (seen) => seen.autoscaler !== undefined,
  });
