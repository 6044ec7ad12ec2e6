import type { FaultName } from '../../world/state.ts';
import type { RdsOrigin } from './backups/state.ts';
import type { Groups } from './groups.ts';

export interface RdsInstance {
  identifier: string;
  region: string;
  instanceClass: string;
  engineVersion: string;
  /** The service's own words: available, modifying, rebooting, backing-up. */
  status: string;
  /** DNS name clients connect to, and its port. */
  address: string;
  port: number;
  multiAz: boolean;
  /** Where it is; absent in worlds saved before instances had zones. */
  zone?: string;
  /** Of its standby, when it is Multi-AZ. */
  secondaryZone?: string;
  /** After a failover the API shows, until then (world time), the zones of before it. */
  shownZones?: { zone: string; secondaryZone: string; until: number };
  /** Set while it has no host to run on. */
  lost?: LostHost;
  /** Identifier of its cluster; absent for an instance of its own. */
  cluster?: string;
  /** Identifier (or ARN, across regions) of the source; absent for a standalone instance. */
  replicaSource?: string;
  replicas: string[];
  backupRetentionDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  preferredBackupWindow?: string;
  databaseName?: string;
  /** Set once it differs from what the name tells: no renaming changes it. */
  resourceId?: string;
  /** World time; absent: long before the world began. */
  createdAt?: number;
  /** Absent: it is protected. */
  deletionProtection?: boolean;
  /** From when on (world time) it can be restored to a point in time; absent: as long as backups are kept. */
  backedUpSince?: number;
  /** The kept copy that its log goes on from. */
  baseCopy?: string;
  /** What it is made from, while it is created and afterwards. */
  origin?: RdsOrigin;
  /** As they were given when it was made; absent: it was there from the beginning. */
  groups?: Groups;
  /** By key; absent: none. */
  tags?: Record<string, string>;
  /** Its new identifier, while it is being renamed and the old one still holds. */
  renamingTo?: string;
}

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
