import { z } from 'zod';

/**
 * What stands behind the name of the primary database when a world begins. In each there is the replica of system.yaml
 * in the other region.
 */
export const Topology = z.enum([
  /** A Multi-AZ instance: a standby in another zone that clients never see. */
  'multi-az',
  /** One instance in one zone. */
  'single-az',
  /** One instance, and a read replica `<instance>-replica` in another zone of its region. */
  'in-region-replica',
  /** An Aurora cluster `<instance>-cluster` with a writer and a reader, in a global cluster with the other region. */
  'aurora',
]);
export type Topology = z.infer<typeof Topology>;

export const USUAL_TOPOLOGY: Topology = 'multi-az';
