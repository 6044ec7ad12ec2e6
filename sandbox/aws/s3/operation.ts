import type { IncomingHttpHeaders } from 'node:http';
import type { World } from '../../world/world.ts';
import type { WireRequest } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import type { FoundObject, Objects } from './buckets.ts';

export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** One request, as an operation reads it. */
export interface S3Request {
  world: World;
  region: string;
  objects: Objects;
  request: WireRequest;
  /** '' where the request is about none. */
  bucket: string;
  key: string;
  query: URLSearchParams;
}

export interface S3Answer {
  status?: number;
  body?: string | Buffer;
  headers?: Record<string, string>;
}

export interface S3Operation {
  name: string;
  mutating: boolean;
  method: string;
  /** What a path must hold for it. */
  of: 'service' | 'bucket' | 'object';
  /** Throws AwsError when the service refuses. */
  answer(request: S3Request): S3Answer;
}

/** The object; throws NoSuchKey. */
export function findObject({ objects, bucket, key }: S3Request): FoundObject {
  const found = objects.find(objects.bucket(bucket), key);
  if (!found) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return found;
}

/** What every answer about an object says of it. */
export function describeObject(found: FoundObject, asked: IncomingHttpHeaders): Record<string, string> {
  const checksums = asked['x-amz-checksum-mode'] === 'ENABLED' ? Object.entries(found.checksums) : [];
  return {
    'content-type': found.contentType,
    'last-modified': new Date(found.modifiedAt).toUTCString(),
    etag: found.entityTag,
    'accept-ranges': 'bytes',
    ...Object.fromEntries(checksums.map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value])),
    ...(checksums.length > 0 && { 'x-amz-checksum-type': 'FULL_OBJECT' }),
    ...Object.fromEntries(Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}

/** Refuses a read whose `If-Match` or `If-None-Match` does not hold. */
export function checkReadConditions(found: FoundObject, headers: IncomingHttpHeaders): 'as asked' | 'not modified' {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && !matches(match, found.entityTag)) throw preconditionFailed();
  return noneMatch !== undefined && matches(noneMatch, found.entityTag) ? 'not modified' : 'as asked';
}

export function matches(condition: string, entityTag: string): boolean {
  const bare = (text: string) => text.trim().replaceAll('"', '');
  return condition.split(',').some((part) => bare(part) === '*' || bare(part) === bare(entityTag));
}

export function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
