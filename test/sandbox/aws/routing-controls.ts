import { Route53RecoveryClusterClient } from '@aws-sdk/client-route53-recovery-cluster';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import type { System } from '../../../src/domain/system.ts';
import { EAST, type Sandbox, WEST } from './sandbox.ts';

/** ARNs of the system's two routing controls. */
export function controlsOf({ routingControls }: System): { east: string; west: string } {
  const { [EAST]: east = '', [WEST]: west = '' } = routingControls?.controls ?? {};
  return { east, west };
}

/** The official client of the cluster's endpoint in one region; it never retries. */
export function clusterClient({ endpoints }: Sandbox, region: string): Route53RecoveryClusterClient {
  return new Route53RecoveryClusterClient({
    region,
    endpoint: endpoints.routingControls[`routing-control/${region}`] ?? '',
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
}
