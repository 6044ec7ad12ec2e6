import type { WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import type { Xml } from '../xml.ts';
import { bareId } from './names.ts';
import type { Route53State } from './state.ts';

export const VERSION = '2013-04-01';
export const NAMESPACE = `https://route53.amazonaws.com/doc/${VERSION}/`;

/** One operation's request: what stands in the path after the fixed part, the query and the body. */
export interface RestInput {
  id: string;
  query: URLSearchParams;
  body: string;
}

export interface RestOperation {
  name: string;
  method: string;
  /** Matches the path below the version; its group, if any, is the id. */
  path: RegExp;
  mutating: boolean;
  /** HTTP status of a good answer; absent: 200. */
  status?: number;
  /** Headers of a good answer, besides the usual ones. */
  headers?(content: { readonly [name: string]: Xml }): Record<string, string>;
  answer(input: RestInput, world: World): { readonly [name: string]: Xml };
}

export type Zone = Route53State['zones'][string];

/** The hosted zone by id; throws NoSuchHostedZone. */
export function findZone(state: WorldState, id: string): Zone {
  const zone = lookUp(state.route53.zones, bareId(id));
  if (!zone) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bareId(id)}`, 404);
  return zone;
}

/** `ChangeInfo` as the API shows it at world time `now`. */
export function renderChange(change: Route53State['changes'][string], now: number): { readonly [name: string]: Xml } {
  return {
    Id: `/change/${change.id}`,
    Status: now >= change.insyncAt ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date(change.submittedAt).toISOString(),
    Comment: change.comment,
  };
}
