import type { System } from '../../../src/domain/system.ts';
import { afterUpdate } from '../apply/ownership.ts';
import { objectAt } from '../json.ts';
import { managersOf } from '../present.ts';
import { apiVersion, identify } from '../resource.ts';
import { deployments } from '../resources/deployments.ts';
import { modelOf, schemaOf } from '../schema/schema.ts';
import type { ClusterState, DeploymentState } from '../state.ts';

/** The number of replicas belongs to the autoscaler once it has set it; `from` is what it was before. */
export function ownReplicas(
  { system, cluster, now }: { system: System; cluster: ClusterState; now: number },
  deployment: DeploymentState,
  from: number,
): void {
  const context = {
    ...{ system, cluster, now, serving: false },
    reconcile: () => undefined,
    deletePod: () => undefined,
    versionOf: () => '',
  };
  const plain = deployments.get(context, deployment.name);
  if (!plain) return;
  const after = identify(deployments, plain);
  const before = { ...after, spec: { ...objectAt(after, 'spec'), replicas: from } };
  const stored = managersOf(deployments, cluster, after);
  if (stored.length === 0) return;
  deployment.managers = afterUpdate(stored, {
    before,
    after,
    schema: schemaOf(modelOf(deployments)),
    writer: {
      manager: 'kube-controller-manager',
      operation: 'Update',
      subresource: 'scale',
      apiVersion: apiVersion(deployments),
      at: now,
    },
  });
}
