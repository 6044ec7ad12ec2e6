import {
  DescribeDBClustersCommand,
  DescribeGlobalClustersCommand,
  FailoverDBClusterCommand,
  FailoverGlobalClusterCommand,
  type RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { z } from 'zod';
import { Permanent } from '../../domain/errors.ts';
import { translateAwsError } from './errors.ts';

export interface ClusterMember {
  instance: string;
  isWriter: boolean;
  /** 0 is promoted first, 15 last. */
  promotionTier: number;
}

export interface DatabaseCluster {
  identifier: string;
  arn: string;
  /** The service's own words: `available`, `failing-over`. */
  status: string;
  engine: string;
  /** Follows the writer. */
  endpoint: string;
  port: number;
  members: ClusterMember[];
}

/** Clusters of one database in several regions, one of which writes. */
export interface GlobalCluster {
  identifier: string;
  status: string;
  members: { arn: string; region: string; cluster: string; isWriter: boolean }[];
}

export interface RdsClusters {
  /** Throws Permanent `rds.db-cluster-not-found`, Retryable when the region does not answer. */
  describe(region: string, identifier: string, signal: AbortSignal): Promise<DatabaseCluster>;
  /** Makes `target` the writer. Throws Permanent `rds.invalid-db-cluster-state` while a failover is under way. */
  failover(region: string, identifier: string, target: string, signal: AbortSignal): Promise<void>;
  /** The global clusters that have a member in this region, as this region's endpoint knows them. */
  global(region: string, signal: AbortSignal): Promise<GlobalCluster[]>;
  /** Makes the cluster with this ARN the writing one although the old one does not answer: what it lacks is lost. */
  failoverGlobal(region: string, identifier: string, targetArn: string, signal: AbortSignal): Promise<void>;
  /**
   * Makes the cluster with this ARN the writing one once it has every write. Throws Permanent
   * `rds.invalid-global-cluster-state` while another change is under way, and `rds.invalid-db-cluster-state` when either
   * cluster is not in service.
   */
  switchoverGlobal(region: string, identifier: string, targetArn: string, signal: AbortSignal): Promise<void>;
}

const Cluster = z.object({
  DBClusterIdentifier: z.string(),
  DBClusterArn: z.string().default(''),
  Status: z.string().default(''),
  Engine: z.string().default(''),
  Endpoint: z.string().default(''),
  Port: z.number().default(0),
  DBClusterMembers: z
    .array(
      z.object({
        DBInstanceIdentifier: z.string(),
        IsClusterWriter: z.boolean().default(false),
        PromotionTier: z.number().default(1),
      }),
    )
    .default([]),
});

const Global = z.object({
  GlobalClusterIdentifier: z.string(),
  Status: z.string().default(''),
  GlobalClusterMembers: z
    .array(z.object({ DBClusterArn: z.string(), IsWriter: z.boolean().default(false) }))
    .default([]),
});

export function createRdsClusters(
  readerOf: (region: string) => RDSClient,
  writerOf: (region: string) => RDSClient,
): RdsClusters {
  const write = async (region: string, subject: string, send: (client: RDSClient) => Promise<unknown>) => {
    try {
      await send(writerOf(region));
    } catch (error) {
      throw translateAwsError(error, 'rds', `RDS in ${region}, ${subject}`);
    }
  };
  return {
    async describe(region, identifier, signal) {
      const subject = `RDS in ${region}, ${identifier}`;
      try {
        const command = new DescribeDBClustersCommand({ DBClusterIdentifier: identifier });
        const { DBClusters } = await readerOf(region).send(command, { abortSignal: signal });
        const [found] = DBClusters ?? [];
        if (!found) throw new Permanent('rds.db-cluster-not-found', `${subject}: there is no such cluster.`);
        return fromCluster(found);
      } catch (error) {
        throw translateAwsError(error, 'rds', subject);
      }
    },
    failover: (region, identifier, target, signal) =>
      write(region, identifier, (client) =>
        client.send(
          new FailoverDBClusterCommand({ DBClusterIdentifier: identifier, TargetDBInstanceIdentifier: target }),
          { abortSignal: signal },
        ),
      ),
    async global(region, signal) {
      try {
        const { GlobalClusters = [] } = await readerOf(region).send(new DescribeGlobalClustersCommand({}), {
          abortSignal: signal,
        });
        return GlobalClusters.map(fromGlobal).filter(({ members }) => members.some((one) => one.region === region));
      } catch (error) {
        throw translateAwsError(error, 'rds', `RDS in ${region}, global clusters`);
      }
    },
    failoverGlobal: (region, identifier, targetArn, signal) =>
      write(region, identifier, (client) =>
        client.send(
          new FailoverGlobalClusterCommand({
            GlobalClusterIdentifier: identifier,
            TargetDbClusterIdentifier: targetArn,
            AllowDataLoss: true,
          }),
          { abortSignal: signal },
        ),
      ),
    switchoverGlobal: (region, identifier, targetArn, signal) =>
      write(region, identifier, (client) =>
        client.send(
          new SwitchoverGlobalClusterCommand({
            GlobalClusterIdentifier: identifier,
            TargetDbClusterIdentifier: targetArn,
          }),
          { abortSignal: signal },
        ),
      ),
  };
}

function fromCluster(answer: unknown): DatabaseCluster {
  const found = Cluster.parse(answer);
  return {
    identifier: found.DBClusterIdentifier,
    arn: found.DBClusterArn,
    status: found.Status,
    engine: found.Engine,
    endpoint: found.Endpoint,
    port: found.Port,
    members: found.DBClusterMembers.map(({ DBInstanceIdentifier, IsClusterWriter, PromotionTier }) => ({
      instance: DBInstanceIdentifier,
      isWriter: IsClusterWriter,
      promotionTier: PromotionTier,
    })),
  };
}

function fromGlobal(answer: unknown): GlobalCluster {
  const found = Global.parse(answer);
  return {
    identifier: found.GlobalClusterIdentifier,
    status: found.Status,
    members: found.GlobalClusterMembers.map(({ DBClusterArn: arn, IsWriter }) => {
      // `arn:aws:rds:us-west-2:123456789012:cluster:chatbot-prod-west-cluster`
      const parts = arn.split(':');
      return { arn, region: parts[3] ?? '', cluster: parts.at(-1) ?? '', isWriter: IsWriter };
    }),
  };
}
