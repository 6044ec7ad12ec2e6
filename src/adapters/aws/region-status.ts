import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeEventsCommand, HealthClient } from '@aws-sdk/client-health';
import type { LifeboatError } from '../../domain/errors.ts';
import { type AwsConnection, perRegion, readSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

/** AWS Health answers there for all regions; us-west-2 is its standby. https://docs.aws.amazon.com/health/latest/ug/health-api.html */
const HEALTH_REGION = 'us-east-1';

export interface RegionStatus {
  /** The names of the regions that the account may use, as EC2 in `region` lists them; they say nothing of their health. */
  regions(region: string, signal: AbortSignal): Promise<string[]>;
  /** The zones of a region, by name, with EC2's state: `available`, `impaired`, `unavailable`. */
  zones(region: string, signal: AbortSignal): Promise<{ name: string; state: string }[]>;
  /**
   * What AWS Health says is open in a region now: a sentence each. Undefined without a Business or Enterprise support
   * plan: then the API refuses every call, and nobody knows. Throws Retryable where it does not answer.
   */
  openIssues(region: string, signal: AbortSignal): Promise<string[] | undefined>;
  close(): void;
}

/** Not at the services' own addresses where `connection` says so. */
export function createRegionStatus(connection: AwsConnection = {}): RegionStatus {
  const ec2 = perRegion((region) => new EC2Client(readSettings(connection, region)));
  const health = perRegion((region) => new HealthClient(readSettings(connection, region)));
  return {
    async regions(region, signal) {
      try {
        const { Regions = [] } = await ec2.of(region).send(new DescribeRegionsCommand({}), { abortSignal: signal });
        return Regions.flatMap(({ RegionName }) => RegionName ?? []);
      } catch (error) {
        throw translateAwsError(error, 'ec2', `EC2 in ${region}`);
      }
    },
    async zones(region, signal) {
      try {
        const command = new DescribeAvailabilityZonesCommand({});
        const { AvailabilityZones = [] } = await ec2.of(region).send(command, { abortSignal: signal });
        return AvailabilityZones.map(({ ZoneName = '', State = '' }) => ({ name: ZoneName, state: State }));
      } catch (error) {
        throw translateAwsError(error, 'ec2', `EC2 in ${region}`);
      }
    },
    async openIssues(region, signal) {
      try {
        const filter = {
          regions: [region],
          eventStatusCodes: ['open' as const],
          eventTypeCategories: ['issue' as const],
        };
        const command = new DescribeEventsCommand({ filter });
        const { events = [] } = await health.of(HEALTH_REGION).send(command, { abortSignal: signal });
        return events.map(({ service = '', eventTypeCode = '' }) => `${service}: ${eventTypeCode}`);
      } catch (error) {
        const translated = translateAwsError(error, 'health', 'AWS Health');
        if (hasNoPlan(translated)) return undefined;
        throw translated;
      }
    },
    close() {
      ec2.close();
      health.close();
    },
  };
}

function hasNoPlan(error: LifeboatError): boolean {
  return error.code === 'health.subscription-required';
}
