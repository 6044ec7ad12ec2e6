import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { type AwsConnection, perRegion, readSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

export interface EksCluster {
  name: string;
  /** The service's own words: `ACTIVE`, `CREATING`, `UPDATING`, `FAILED`, `DELETING`. */
  status: string;
  version: string;
}

/** EKS of every region. */
export interface Eks {
  /** Throws Permanent `eks.resource-not-found`, Retryable where the region does not answer. */
  describe(region: string, name: string, signal: AbortSignal): Promise<EksCluster>;
  close(): void;
}

/** Not at the service's own address where `connection` says so. */
export function createEks(connection: AwsConnection = {}): Eks {
  const reader = perRegion((region) => new EKSClient(readSettings(connection, region)));
  return {
    async describe(region, name, signal) {
      try {
        const { cluster } = await reader.of(region).send(new DescribeClusterCommand({ name }), { abortSignal: signal });
        return { name: cluster?.name ?? name, status: cluster?.status ?? '', version: cluster?.version ?? '' };
      } catch (error) {
        throw translateAwsError(error, 'eks', `EKS in ${region}, ${name}`);
      }
    },
    close: () => reader.close(),
  };
}
