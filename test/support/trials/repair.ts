import { expect } from '@jest/globals';
import { livePods } from '../../../sandbox/kubernetes/rollout.ts';
import type { JsonObject } from '../../../src/domain/action.ts';
import type { TestWorld } from '../world.ts';
import type { Trial } from './trial.ts';

const east = { region: 'us-east-1' };
const page = { ...east, manifest: 'maintenance-mode.yaml' };
const PAGE = 'maintenance-page';
const KINDS = ['configmaps', 'deployments', 'services'];

const each = (verb: string, count: number | 'any') =>
  Object.fromEntries(KINDS.map((kind) => [`${verb} ${kind}`, count]));

/** Trials of what repairs failing pods, in the region that serves users. */
export function repairTrials(
  bench: () => TestWorld,
  run: (action: string, given: JsonObject) => Promise<unknown>,
): Trial[] {
  const cluster = () => {
    const found = bench().world.state.kubernetes[east.region];
    if (!found) throw new Error('there is no cluster');
    return found;
  };
  const pageIsThere = async () => {
    const { deployments, objects = {} } = cluster();
    return [deployments, objects.services, objects.configmaps].map((kind) => kind?.[PAGE] !== undefined);
  };
  return [
    {
      action: 'k8s.autoscaler',
      what: "an autoscaler's minimum",
      with: () => ({ ...east, replicas: { 'chatbot-api': 22 } }),
      look: async () => cluster().autoscalers['chatbot-api']?.minReplicas,
      done: 22,
      calls: { run: { 'patch horizontalpodautoscalers': 1 }, undo: { 'patch horizontalpodautoscalers': 1 } },
    },
    {
      action: 'k8s.scale-up',
      what: 'replicas, where there is room',
      with: () => ({ ...east, replicas: { 'auth-service': 6 } }),
      look: async () => cluster().deployments['auth-service']?.replicas,
      done: 6,
      calls: { run: { 'patch deployments/scale': 1 }, undo: { 'patch deployments/scale': 1 } },
    },
    {
      action: 'k8s.apply',
      what: 'the objects of a manifest',
      with: () => page,
      look: pageIsThere,
      done: [true, true, true],
      calls: { run: each('patch', 'any'), undo: each('delete', 1) },
    },
    {
      action: 'k8s.delete-manifest',
      what: 'the objects of a manifest',
      with: async () => {
        await run('k8s.apply', page);
        return page;
      },
      look: pageIsThere,
      done: [false, false, false],
      calls: { run: each('delete', 1), undo: each('patch', 'any') },
    },
    {
      action: 'k8s.route-around',
      what: "a label of a service's selector",
      with: () => {
        bench().world.switchFault({ name: 'crash-looping-pods', target: 'chatbot-api' }, true);
        return { ...east, set: 'healthy' };
      },
      look: async () => cluster().objects?.services?.['chatbot-api']?.content,
      done: {
        spec: expect.objectContaining({
          selector: expect.objectContaining({ 'pod-template-hash': expect.any(String) }),
        }),
      },
      calls: { run: { 'patch services': 1 }, undo: { 'patch services': 1 } },
    },
    {
      action: 'k8s.rollout-undo',
      what: 'the template of a deployment',
      with: () => ({ ...east }),
      look: async () => cluster().deployments['chatbot-api']?.templateRevision,
      done: 1,
      calls: { run: { 'update deployments': 1 }, undo: { 'update deployments': 1 } },
    },
    {
      action: 'k8s.restart-failed',
      what: 'the pods that fail',
      with: () => {
        bench().world.switchFault({ name: 'failing-probes', target: 'auth-service' }, true);
        return { ...east };
      },
      look: async () => livePods(cluster(), 'auth-service').filter(({ trouble }) => trouble !== undefined).length,
      done: 0,
      // A pod that is ending may be deleted again: that shortens nothing.
      calls: { run: { 'delete pods': 'any' as const } },
    },
  ];
}
