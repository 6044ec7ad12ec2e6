import {
  DescribeDBInstancesCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { z } from 'zod';
import { Permanent } from '../../domain/errors.ts';
import { type AwsConnection, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';
import { createRdsBackups, type RdsBackups } from './rds-backups.ts';
import { createRdsClusters, type RdsClusters } from './rds-clusters.ts';
import { createRdsEvents, type RdsEvents } from './rds-events.ts';
import { createRdsInstances, type RdsInstances } from './rds-instances.ts';

export interface DatabaseInstance {
  identifier: string;
  /** The service's own words: `available`, `modifying`, `rebooting`, `backing-up`. */
  status: string;
  /** Identifier of the source when it is a read replica, else ''. */
  replicaOf: string;
  /** The same as RDS names it: the ARN of a source in another region. */
  source: string;
  /** '' and 0 while the instance is being created. */
  endpoint: string;
  port: number;
  instanceClass: string;
  /** Identifiers of its read replicas; ARNs of those in other regions. */
  replicas: string[];
  /** Whether it has a standby in another zone. */
  multiAz: boolean;
  /** After a failover RDS may show the old one for minutes. */
  zone: string;
  /** The cluster that it is a member of; '' when it is none. */
  cluster: string;
  /** `replicating`, `error`, `stopped`, `terminated` as RDS says of a replica; '' when it says nothing. */
  replication: string;
  /** What RDS says of the error of a replica; '' when it says nothing. */
  replicationError: string;
}

export interface Rds {
  /** Throws Permanent `rds.db-instance-not-found`, Retryable when the region does not answer. */
  describe(region: string, identifier: string, signal: AbortSignal): Promise<DatabaseInstance>;
  /** Throws Permanent `rds.invalid-db-instance-state` when it is no replica, not available, or being promoted already. */
  promote(region: string, identifier: string, signal: AbortSignal): Promise<void>;
  /**
   * Restarts a Multi-AZ instance on its standby. Throws Permanent `rds.invalid-db-instance-state` when it is not available,
   * and `rds.invalid-parameter-combination` when it has no standby.
   */
  rebootWithFailover(region: string, identifier: string, signal: AbortSignal): Promise<void>;
  backups: RdsBackups;
  instances: RdsInstances;
  events: RdsEvents;
  clusters: RdsClusters;
  close(): void;
}

const Answer = z.object({
  DBInstanceIdentifier: z.string(),
  DBInstanceStatus: z.string(),
  DBInstanceClass: z.string().default(''),
  ReadReplicaSourceDBInstanceIdentifier: z.string().optional(),
  ReadReplicaDBInstanceIdentifiers: z.array(z.string()).default([]),
  MultiAZ: z.boolean().default(false),
  AvailabilityZone: z.string().default(''),
  DBClusterIdentifier: z.string().default(''),
  StatusInfos: z
    .array(
      z.object({
        StatusType: z.string().default(''),
        Status: z.string().default(''),
        Message: z.string().default(''),
      }),
    )
    .default([]),
  Endpoint: z.object({ Address: z.string().default(''), Port: z.number().default(0) }).optional(),
});

/** RDS of every region, a client for each once it is needed; Not at the service's own address where `connection` says so. */
export function createRds(connection: AwsConnection = {}): Rds {
  const reader = perRegion((region) => new RDSClient(readSettings(connection, region)));
  const writer = perRegion((region) => new RDSClient(writeSettings(connection, region)));
  return {
    async describe(region, identifier, signal) {
      const subject = `RDS in ${region}, ${identifier}`;
      try {
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
        const { DBInstances } = await reader.of(region).send(command, { abortSignal: signal });
        const [found] = DBInstances ?? [];
        if (!found) throw new Permanent('rds.db-instance-not-found', `${subject}: there is no such instance.`);
        return fromAnswer(found);
      } catch (error) {
        throw translateAwsError(error, 'rds', subject);
      }
    },
    async promote(region, identifier, signal) {
      try {
        const command = new PromoteReadReplicaCommand({ DBInstanceIdentifier: identifier });
        await writer.of(region).send(command, { abortSignal: signal });
      } catch (error) {
        throw translateAwsError(error, 'rds', `RDS in ${region}, ${identifier}`);
      }
    },
    async rebootWithFailover(region, identifier, signal) {
      try {
        const command = new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier, ForceFailover: true });
        await writer.of(region).send(command, { abortSignal: signal });
      } catch (error) {
        throw translateAwsError(error, 'rds', `RDS in ${region}, ${identifier}`);
      }
    },
    backups: createRdsBackups(reader.of, writer.of),
    instances: createRdsInstances(reader.of, writer.of),
    events: createRdsEvents(reader.of),
    clusters: createRdsClusters(reader.of, writer.of),
    close() {
      reader.close();
      writer.close();
    },
  };
}

function fromAnswer(answer: unknown): DatabaseInstance {
  const found = Answer.parse(answer);
  const replication = found.StatusInfos.find(({ StatusType }) => StatusType === 'read replication');
  return {
    identifier: found.DBInstanceIdentifier,
    status: found.DBInstanceStatus,
    // Across regions the source is an ARN, `arn:aws:rds:us-east-1:123456789012:db:chatbot-prod`.
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier?.split(':').at(-1) ?? '',
    source: found.ReadReplicaSourceDBInstanceIdentifier ?? '',
    endpoint: found.Endpoint?.Address ?? '',
    port: found.Endpoint?.Port ?? 0,
    instanceClass: found.DBInstanceClass,
    replicas: found.ReadReplicaDBInstanceIdentifiers,
    multiAz: found.MultiAZ,
    zone: found.AvailabilityZone,
    cluster: found.DBClusterIdentifier,
    replication: replication?.Status ?? '',
    replicationError: replication?.Message ?? '',
  };
}
