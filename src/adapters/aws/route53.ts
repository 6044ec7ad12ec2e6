import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import { z } from 'zod';
import { type AwsConnection, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

/** Route 53 has one control plane for the world, and it is in us-east-1. */
const CONTROL_PLANE_REGION = 'us-east-1';
/** As many as one weighted name may have. */
const MOST_OF_A_NAME = 100;

export interface RecordSet {
  /** Without the final dot, lower case. */
  name: string;
  type: string;
  /** Seconds. */
  ttl: number;
  values: string[];
  /** Tells records of the same name and type apart; absent: it is the only one. */
  setIdentifier?: string | undefined;
  /** 0 to 255: its share among the records of its name. */
  weight?: number | undefined;
  failover?: 'PRIMARY' | 'SECONDARY' | undefined;
  healthCheckId?: string | undefined;
}

export interface Route53 {
  /** The record as the control plane has it; undefined when there is none. */
  record(
    hostedZone: string,
    record: Pick<RecordSet, 'name' | 'type' | 'setIdentifier'>,
    signal: AbortSignal,
  ): Promise<RecordSet | undefined>;
  /** All records of a name, at most a hundred, as the control plane has them. */
  recordsOf(hostedZone: string, name: string, signal: AbortSignal): Promise<RecordSet[]>;
  /**
   * Creates or replaces some records and removes others, all or none; returns the id of the change. Throws Permanent
   * `route53.invalid-change-batch` when a record that is to be removed is not there exactly so.
   */
  change(
    hostedZone: string,
    records: { upsert?: RecordSet[]; remove?: RecordSet[] },
    comment: string,
    signal: AbortSignal,
  ): Promise<string>;
  /** True when every name server answers with the change. */
  inSync(changeId: string, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

const AnsweredRecord = z.object({
  Name: z.string(),
  Type: z.string(),
  SetIdentifier: z.string().optional(),
  Weight: z.number().optional(),
  Failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  HealthCheckId: z.string().optional(),
  TTL: z.number().default(0),
  ResourceRecords: z.array(z.object({ Value: z.string() })).default([]),
});
const Changed = z.object({ ChangeInfo: z.object({ Id: z.string(), Status: z.string() }) });

/** Route 53, whose control plane is in one region; not at the service's own address where `connection` says so. */
export function createRoute53(connection: AwsConnection = {}): Route53 {
  const endpoint = connection.endpoints?.route53;
  const reader = perRegion((region) => new Route53Client(readSettings(connection, region, endpoint)));
  const writer = perRegion((region) => new Route53Client(writeSettings(connection, region, endpoint)));
  const translate = (error: unknown, subject: string) => translateAwsError(error, 'route53', `Route 53, ${subject}`);
  const list = async (request: ListResourceRecordSetsCommandInput, signal: AbortSignal): Promise<RecordSet[]> => {
    const command = new ListResourceRecordSetsCommand(request);
    const { ResourceRecordSets = [] } = await reader.of(CONTROL_PLANE_REGION).send(command, { abortSignal: signal });
    return ResourceRecordSets.map(fromAnswer);
  };
  return {
    async record(hostedZone, { name, type, setIdentifier }, signal) {
      try {
        const [first] = await list(
          {
            HostedZoneId: hostedZone,
            StartRecordName: name,
            StartRecordType: type as RRType,
            ...(setIdentifier !== undefined && { StartRecordIdentifier: setIdentifier }),
            MaxItems: 1,
          },
          signal,
        );
        // The list begins at the record asked for, or at the next one when it does not exist.
        const isIt = first?.name === plainName(name) && first.type === type && first.setIdentifier === setIdentifier;
        return isIt ? first : undefined;
      } catch (error) {
        throw translate(error, `${type} ${name}`);
      }
    },
    async recordsOf(hostedZone, name, signal) {
      try {
        const found = await list({ HostedZoneId: hostedZone, StartRecordName: name, MaxItems: MOST_OF_A_NAME }, signal);
        return found.filter((record) => record.name === plainName(name));
      } catch (error) {
        throw translate(error, name);
      }
    },
    async change(hostedZone, { upsert = [], remove = [] }, comment, signal) {
      const Changes = [
        ...upsert.map((record) => ({ Action: 'UPSERT' as const, ResourceRecordSet: toRequest(record) })),
        ...remove.map((record) => ({ Action: 'DELETE' as const, ResourceRecordSet: toRequest(record) })),
      ];
      const command = new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZone,
        ChangeBatch: { Comment: comment, Changes },
      });
      try {
        const answer = await writer.of(CONTROL_PLANE_REGION).send(command, { abortSignal: signal });
        return Changed.parse(answer).ChangeInfo.Id.replace(/^\/change\//, '');
      } catch (error) {
        throw translate(error, [...upsert, ...remove].map(({ name }) => name).join(', '));
      }
    },
    async inSync(changeId, signal) {
      try {
        const command = new GetChangeCommand({ Id: changeId });
        const answer = await reader.of(CONTROL_PLANE_REGION).send(command, { abortSignal: signal });
        return Changed.parse(answer).ChangeInfo.Status === 'INSYNC';
      } catch (error) {
        throw translate(error, `change ${changeId}`);
      }
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

/** A DNS name as it is compared: lower case, without the final dot; `\052` is how Route 53 writes an asterisk. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '').replace('\\052', '*');
}

function toRequest({ name, type, ttl, values, setIdentifier, weight, failover, healthCheckId }: RecordSet) {
  return {
    Name: name,
    Type: type as RRType,
    TTL: ttl,
    ResourceRecords: values.map((Value) => ({ Value })),
    ...(setIdentifier !== undefined && { SetIdentifier: setIdentifier }),
    ...(weight !== undefined && { Weight: weight }),
    ...(failover !== undefined && { Failover: failover }),
    ...(healthCheckId !== undefined && { HealthCheckId: healthCheckId }),
  };
}

function fromAnswer(answer: unknown): RecordSet {
  const found = AnsweredRecord.parse(answer);
  const { SetIdentifier, Weight, Failover, HealthCheckId } = found;
  return {
    name: plainName(found.Name),
    type: found.Type,
    ttl: found.TTL,
    values: found.ResourceRecords.map(({ Value }) => Value),
    ...(SetIdentifier !== undefined && { setIdentifier: SetIdentifier }),
    ...(Weight !== undefined && { weight: Weight }),
    ...(Failover !== undefined && { failover: Failover }),
    ...(HealthCheckId !== undefined && { healthCheckId: HealthCheckId }),
  };
}
