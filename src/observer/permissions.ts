import type { Permissions } from '../domain/permissions.ts';

/** What the observer calls between runs, of a system that is healthy; runs need it as well, for a last-known value. */
export const OBSERVER_PERMISSIONS: Permissions = {
  iam: ['elasticloadbalancing:DescribeListeners', 'rds:DescribeDBInstances'],
  namespace: { 'apps/deployments': ['get'] },
  sql: ['CONNECT'],
};
