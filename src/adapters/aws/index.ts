import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsConnection, readSettings } from './client-settings.ts';
import { type CloudWatch, createCloudWatch } from './cloudwatch.ts';
import { type CloudWatchLogs, createCloudWatchLogs } from './cloudwatch-logs.ts';
import { createEks, type Eks } from './eks.ts';
import { translateAwsError } from './errors.ts';
import { createLoadBalancing, type LoadBalancing } from './load-balancing.ts';
import { createRds, type Rds } from './rds.ts';
import { createRegionStatus, type RegionStatus } from './region-status.ts';
import { createRoute53, type Route53 } from './route53.ts';
import { createRoutingControls, type RoutingControls } from './routing-controls.ts';
import { createS3, type S3 } from './s3.ts';
import { createSecretsManager, type SecretsManager } from './secrets-manager.ts';

export interface Aws {
  rds: Rds;
  route53: Route53;
  routingControls: RoutingControls;
  loadBalancing: LoadBalancing;
  cloudWatch: CloudWatch;
  logs: CloudWatchLogs;
  eks: Eks;
  regionStatus: RegionStatus;
  s3: S3;
  secretsManager: SecretsManager;
  /** ARN of the identity that the calls in this region are made as; Retryable when the region does not answer. */
  identity(region: string, signal: AbortSignal): Promise<string>;
  close(): void;
}

/** AWS clients that are made when a region is first needed. */
export function createAws(connection: AwsConnection = {}): Aws {
  const rds = createRds(connection);
  const route53 = createRoute53(connection);
  const routingControls = createRoutingControls(connection);
  const loadBalancing = createLoadBalancing(connection);
  const cloudWatch = createCloudWatch(connection);
  const logs = createCloudWatchLogs(connection);
  const eks = createEks(connection);
  const regionStatus = createRegionStatus(connection);
  const s3 = createS3(connection);
  const secretsManager = createSecretsManager(connection);
  return {
    rds,
    route53,
    routingControls,
    loadBalancing,
    cloudWatch,
    logs,
    eks,
    regionStatus,
    s3,
    secretsManager,
    async identity(region, signal) {
      const client = new STSClient(readSettings(connection, region));
      try {
        const { Arn = '' } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
        return Arn;
      } catch (error) {
        throw translateAwsError(error, 'sts', `STS in ${region}`);
      } finally {
        client.destroy();
      }
    },
    close() {
      rds.close();
      route53.close();
      routingControls.close();
      loadBalancing.close();
      cloudWatch.close();
      logs.close();
      eks.close();
      regionStatus.close();
      s3.close();
      secretsManager.close();
    },
  };
}
