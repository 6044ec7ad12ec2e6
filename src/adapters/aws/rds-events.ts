import { DescribeEventsCommand, type RDSClient, type SourceType } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { translateAwsError } from './errors.ts';

/** Something that RDS says it did to an instance or a cluster, in its own words. */
export interface DatabaseEvent {
  /** World time, epoch milliseconds. */
  at: number;
  /** Identifier of the instance or cluster. */
  source: string;
  message: string;
  categories: string[];
}

export interface RdsEvents {
  /**
   * What RDS recorded about one instance or cluster since `since` (epoch milliseconds), oldest first. RDS keeps 14 days,
   * and shows an event some seconds after it happened.
   */
  of(
    region: string,
    source: { type: 'db-instance' | 'db-cluster'; identifier: string },
    range: { since: number; until: number },
    signal: AbortSignal,
  ): Promise<DatabaseEvent[]>;
}

const Answer = z.object({
  Marker: z.string().optional(),
  Events: z
    .array(
      z.object({
        SourceIdentifier: z.string().default(''),
        Message: z.string().default(''),
        Date: z.date(),
        EventCategories: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

export function createRdsEvents(readerOf: (region: string) => RDSClient): RdsEvents {
  return {
    async of(region, { type, identifier }, { since, until }, signal) {
      try {
        const found: DatabaseEvent[] = [];
        for (let marker: string | undefined; ; ) {
          const command = new DescribeEventsCommand({
            SourceType: type as SourceType,
            SourceIdentifier: identifier,
            StartTime: new Date(since),
            EndTime: new Date(until),
            ...(marker === undefined ? {} : { Marker: marker }),
          });
          const answer = Answer.parse(await readerOf(region).send(command, { abortSignal: signal }));
          for (const { SourceIdentifier, Message, Date: date, EventCategories } of answer.Events) {
            found.push({ at: date.getTime(), source: SourceIdentifier, message: Message, categories: EventCategories });
          }
          if (!answer.Marker) return found.sort((one, other) => one.at - other.at);
          marker = answer.Marker;
        }
      } catch (error) {
        throw translateAwsError(error, 'rds', `RDS in ${region}, events of ${identifier}`);
      }
    },
  };
}
