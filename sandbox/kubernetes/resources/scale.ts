import { objectAt } from '../json.ts';
import { metadata, nextVersion, type Subresource } from '../resource.ts';
import { livePods } from '../rollout.ts';
import { invalid } from '../status.ts';

/** `deployments/scale`: the number of replicas alone, with the deployment's resource version. */
export const deploymentScale: Subresource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  verbs: ['get', 'update', 'patch'],
  get({ cluster }, name) {
    const state = cluster.deployments[name];
    if (!state) return undefined;
    const { labels: _, annotations: __, generation: ___, ...scaleMetadata } = metadata(state);
    return {
      metadata: scaleMetadata,
      spec: { replicas: state.replicas },
      status: { replicas: livePods(cluster, name).length, selector: `app=${name}` },
    };
  },
  write(context, name, next) {
    const state = context.cluster.deployments[name];
    if (!state) return;
    const replicas = objectAt(next, 'spec').replicas ?? 0;
    if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
      const scale = { group: 'autoscaling', plural: 'deployments', kind: 'Scale' };
      const problem = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
      throw invalid(scale, name, 'spec.replicas', problem);
    }
    if (replicas === state.replicas) return;
    state.replicas = replicas;
    state.generation += 1;
    state.resourceVersion = nextVersion(context.cluster);
    context.reconcile();
  },
};
