import { expect } from '@jest/globals';
import type { TestWorld } from '../world.ts';
import { soon, type Trial, west } from './trial.ts';

/** Trials of what prepares the services of the other region. */
export function serviceTrials(bench: () => TestWorld): Trial[] {
  const cluster = () => {
    const found = bench().world.state.kubernetes[west.region];
    if (!found) throw new Error('there is no cluster');
    return found;
  };
  return [
    {
      action: 'k8s.scale',
      what: 'replicas and the bounds of an autoscaler',
      with: () => ({ ...west, profile: 'full' }),
      look: async () => ({
        'chatbot-api': Object.values(cluster().autoscalers).find(({ name }) => name === 'chatbot-api')?.minReplicas,
        'websocket-service': cluster().deployments['websocket-service']?.replicas,
        'auth-service': cluster().deployments['auth-service']?.replicas,
      }),
      done: { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 },
      // Each on the resourceVersion that it was decided on: the others are conflicts.
      calls: {
        run: { 'patch horizontalpodautoscalers': 1, 'patch deployments/scale': 2 },
        undo: { 'patch horizontalpodautoscalers': 1, 'patch deployments/scale': 2 },
      },
    },
    {
      action: 'k8s.patch-secret',
      what: 'host and port of the connection secret',
      with: () => ({ ...west, host: 'new.example.com', port: 5433 }),
      look: async () => {
        const { host, port, password } = cluster().secrets['db-credentials']?.data ?? {};
        return { host, port, password };
      },
      done: { host: 'new.example.com', port: '5433', password: expect.any(String) },
      calls: { run: { 'patch secrets': 1 }, undo: { 'patch secrets': 1 } },
    },
    {
      action: 'secrets.patch',
      what: 'host and port of a stored secret, in one version',
      with: () => ({ ...west, host: 'new.example.com', port: 5433 }),
      look: async () => {
        const { values } = await bench().clients.aws.secretsManager.read(west.region, 'chatbot/database', soon());
        const { host, port, password } = values;
        return { host, port, password };
      },
      done: { host: 'new.example.com', port: 5433, password: expect.any(String) },
      // The service takes each, and they are one version.
      calls: { run: { PutSecretValue: 'any' }, undo: { PutSecretValue: 'any' } },
    },
    {
      action: 'k8s.restart',
      what: 'one rollout of each deployment',
      with: () => west,
      look: async () => Object.values(cluster().deployments).map(({ name, generation }) => ({ name, generation })),
      done: expect.any(Array),
      calls: { run: { 'patch deployments': 3 } },
    },
  ];
}
