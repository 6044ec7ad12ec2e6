import type { FaultName } from '../../world/state.ts';

/** Something that RDS tells of, as plain data. */
export interface RdsEvent {
  /** World time. */
  at: number;
  region: string;
  sourceType: 'db-instance' | 'db-cluster';
  identifier: string;
  /** As its documents name it, `RDS-EVENT-0049`; notifications carry it, DescribeEvents does not. */
  id: string;
  categories: string[];
  message: string;
}

/** The host of an instance is gone. */
export interface LostHost {
  fault: FaultName;
  target: string;
  /** World time. */
  since: number;
}

/** A cluster's place among the instances and clusters of its region. */
export interface RdsCluster {
  identifier: string;
  region: string;
  /** The service's own words: available, failing-over, promoting, switching-over. */
  status: string;
  /** Host names of the endpoints, and their ports: reached on one machine, two endpoints cannot share one. */
  endpoint: string;
  port: number;
  readerEndpoint: string;
  readerPort: number;
  /** The instance that is the head of the cluster: its writer, and in a secondary cluster the one that streams. */
  writer: string;
  members: string[];
  databaseName: string;
  engineVersion: string;
  globalCluster: string;
}

export interface RdsGlobalCluster {
  identifier: string;
  /** The service's own words: available, switching-over, failing-over. */
  status: string;
  /** ARNs of its clusters; the first that is `primary` accepts writes. */
  primary: string;
  secondaries: string[];
  /** What is under way. */
  failover?: { from: string; to: string; allowDataLoss: boolean };
}
