import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsConnection, perRegion, readSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

export interface LogSearch {
  group: string;
  /** CloudWatch's filter pattern: `?ERROR ?error`; '' matches every line. */
  pattern: string;
  /** World time, epoch milliseconds. */
  from: number;
  to: number;
}

export interface LogLine {
  /** Epoch milliseconds. */
  at: number;
  stream: string;
  message: string;
}

/** CloudWatch Logs of every region. Throws Retryable where the region does not answer. */
export interface CloudWatchLogs {
  /**
   * The first lines that match, oldest first, `most` at most; `more` when there are others, and when the search was
   * given up before its end, where there may be. Throws Permanent `logs.resource-not-found` for a group that is not there.
   */
  search(
    region: string,
    search: LogSearch,
    most: number,
    signal: AbortSignal,
  ): Promise<{ lines: LogLine[]; more: boolean }>;
  close(): void;
}

/** A page may be empty and still name another one; this many are looked through. */
const MOST_PAGES = 20;

/** Not at the service's own address where `connection` says so. */
export function createCloudWatchLogs(connection: AwsConnection = {}): CloudWatchLogs {
  const reader = perRegion((region) => new CloudWatchLogsClient(readSettings(connection, region)));
  return {
    async search(region, { group, pattern, from, to }, most, signal) {
      const lines: LogLine[] = [];
      let nextToken: string | undefined;
      try {
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const command = new FilterLogEventsCommand({
            logGroupName: group,
            startTime: from,
            endTime: to,
            limit: most + 1,
            ...(pattern !== '' && { filterPattern: pattern }),
            ...(nextToken !== undefined && { nextToken }),
          });
          const answer = await reader.of(region).send(command, { abortSignal: signal });
          for (const { timestamp = 0, logStreamName = '', message = '' } of answer.events ?? []) {
            lines.push({ at: timestamp, stream: logStreamName, message });
          }
          nextToken = answer.nextToken;
          if (nextToken === undefined || lines.length > most) break;
        }
      } catch (error) {
        throw translateAwsError(error, 'logs', `CloudWatch Logs in ${region}, ${group}`);
      }
      return { lines: lines.slice(0, most), more: lines.length > most || nextToken !== undefined };
    },
    close: () => reader.close(),
  };
}
