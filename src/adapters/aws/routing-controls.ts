import {
  GetRoutingControlStateCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';
import { z } from 'zod';
import { LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import { patienceOf, within } from '../deadline.ts';
import { type AwsConnection, patienceIn, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

export const ControlState = z.enum(['On', 'Off']);
export type ControlState = z.infer<typeof ControlState>;

type Cluster = NonNullable<System['routingControls']>;

export interface RoutingControls {
  /**
   * State of the control of each region, as the first of the cluster's endpoints answers, and the region of that
   * endpoint. Throws Retryable when none answers, Permanent when one refuses for good.
   */
  states(
    cluster: Cluster,
    signal: AbortSignal,
  ): Promise<{ states: Record<string, ControlState>; answeredFrom: string }>;
  /**
   * Sets controls, by region, in one call: all or none. The endpoints are tried in turn, the one in `first` before the
   * others; gives the region of the one that took it. Throws Permanent `arc.conflict` when a safety rule forbids it.
   */
  update(cluster: Cluster, states: Record<string, ControlState>, first: string, signal: AbortSignal): Promise<string>;
  close(): void;
}

/** World milliseconds that one endpoint has for a change before the next is tried; it may be sent to both. */
const TRY = 5000;
/** Machine milliseconds that it has at least, however fast the world runs. */
const SHORTEST_TRY_MS = 700;

/** What no other endpoint would answer differently. */
const FINAL: ReadonlySet<string> = new Set([
  'ConflictException',
  'ResourceNotFoundException',
  'AccessDeniedException',
  'ValidationException',
  'ExpiredTokenException',
]);

/** Data planes of routing controls; `connection` overrides system.yaml's, by `routing-control/<region>`. */
export function createRoutingControls(connection: AwsConnection = {}): RoutingControls {
  const patience = patienceIn(connection);
  /** One client for each endpoint; requests are signed for the endpoint's region. */
  const keyOf = ({ region, url }: Cluster['endpoints'][number]) =>
    `${region} ${connection.endpoints?.[`routing-control/${region}`] ?? url}`;
  const settingsOf = (key: string): [string, string] => {
    const [region = '', url = ''] = key.split(' ');
    return [region, url];
  };
  // One attempt: the next endpoint is the repetition.
  const reader = perRegion(
    (key) => new Route53RecoveryClusterClient(readSettings(connection, ...settingsOf(key), { attempts: 1 })),
  );
  const writer = perRegion((key) => new Route53RecoveryClusterClient(writeSettings(connection, ...settingsOf(key))));

  return {
    async states({ endpoints: all, controls }, signal) {
      const asked = new AbortController();
      const either = AbortSignal.any([signal, asked.signal]);
      const answers = all.map(async (endpoint) => {
        const client = reader.of(keyOf(endpoint));
        const states = await Promise.all(
          Object.entries(controls).map(async ([region, RoutingControlArn]): Promise<[string, ControlState]> => {
            const command = new GetRoutingControlStateCommand({ RoutingControlArn });
            const { RoutingControlState } = await client.send(command, { abortSignal: either });
            return [region, ControlState.parse(RoutingControlState)];
          }),
        );
        return { states: Object.fromEntries(states), answeredFrom: endpoint.region };
      });
      try {
        return await Promise.any(answers);
      } catch (error) {
        throw noneOf(all.length, error instanceof AggregateError ? error.errors : [error]);
      } finally {
        // The others need not go on.
        asked.abort();
      }
    },
    async update({ endpoints: all, controls }, states, first, signal) {
      const command = new UpdateRoutingControlStatesCommand({
        UpdateRoutingControlStateEntries: Object.entries(states).map(([region, RoutingControlState]) => ({
          RoutingControlArn: controls[region],
          RoutingControlState,
        })),
      });
      const failures: unknown[] = [];
      for (const endpoint of all.toSorted((a, b) => Number(b.region === first) - Number(a.region === first))) {
        try {
          await writer
            .of(keyOf(endpoint))
            .send(command, { abortSignal: within(patienceOf({ patience }, TRY, SHORTEST_TRY_MS), signal) });
          return endpoint.region;
        } catch (error) {
          failures.push(error);
          if (signal.aborted || isFinal(error)) break;
        }
      }
      throw noneOf(all.length, failures);
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

function isFinal(error: unknown): boolean {
  return error instanceof Error && FINAL.has(error.name);
}

/** The error of a question that no endpoint answered: a refusal, where one is final, tells more than silence. */
function noneOf(count: number, failures: readonly unknown[]): LifeboatError {
  const final = failures.find(isFinal);
  const subject = 'Routing controls';
  if (final !== undefined) {
    const { message, code } = translateAwsError(final, 'arc', subject);
    return new Permanent(code, message, { cause: final });
  }
  const last = failures.at(-1);
  if (last instanceof LifeboatError) return last;
  const { code, message } = translateAwsError(last, 'arc', subject);
  return new Retryable(code, `None of ${count} endpoints of the routing controls answers: ${message}`, { cause: last });
}
