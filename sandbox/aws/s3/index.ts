import { randomUUID } from 'node:crypto';
import type { World } from '../../world/world.ts';
import { authorize, readCredentialScope } from '../authorization.ts';
import type { Responder, WireRequest } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { perform } from '../exchange.ts';
import { lookUp } from '../look-up.ts';
import type { RegionalService } from '../services.ts';
import { renderXml } from '../xml.ts';
import { Objects } from './buckets.ts';
import { headBucket, listBuckets } from './buckets-of-account.ts';
import { listObjects } from './list-objects.ts';
import type { S3Answer, S3Operation } from './operation.ts';
import { getObject, headObject } from './read-object.ts';
import { deleteObject, putObject } from './write-object.ts';

const operations: readonly S3Operation[] = [
  deleteObject,
  getObject,
  headBucket,
  headObject,
  listBuckets,
  listObjects,
  putObject,
];

/** S3's REST and XML, with the bucket in the path. Each region serves its own buckets, and names the place of others. */
export const s3: RegionalService = {
  name: 's3',
  signingName: 's3',
  operations,
  answer(world, region): Responder['answer'] {
    const objects = new Objects(world);
    return async (request, exchange) => {
      const requestId = randomUUID();
      const { bucket, key } = placeOf(request);
      const operation = operationOf(request, bucket, key);
      const outcome = await perform<S3Answer>(world, exchange, {
        service: 's3',
        region,
        operation: operation?.name ?? `${request.method} ${request.url.pathname}`,
        resource: bucket === '' ? '*' : [bucket, ...(key === '' ? [] : [key])].join('/'),
        mutating: operation?.mutating ?? false,
        carryOut() {
          checkSignature(request, region);
          if (!operation) {
            const sentence = 'A header or query you provided implies functionality that is not implemented';
            throw new AwsError('NotImplemented', sentence, 501);
          }
          checkRegion(world, bucket, region);
          return operation.answer({ world, region, objects, request, bucket, key, query: request.url.searchParams });
        },
      });
      if (outcome.kind === 'lost') return undefined;
      const own = { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId };
      if (outcome.kind === 'refused') {
        const { code, message, status } = outcome.error;
        const place = lookUp(world.state.s3?.buckets ?? {}, bucket)?.region;
        const headers = { ...own, 'content-type': 'application/xml', ...(place && { 'x-amz-bucket-region': place }) };
        // An answer to HEAD has no body, so that its reason is the status alone.
        const body = request.method === 'HEAD' ? '' : errorOf(code, message, bucket, place, requestId);
        return { status, requestId, headers, body };
      }
      const { status = 200, headers = {}, body = '' } = outcome.value;
      return { status, requestId, headers: { ...own, ...headers }, body };
    };
  },
};

/** Bucket and key of `/bucket/key`; the key may hold slashes. A path that is not well encoded names none. */
function placeOf({ url }: WireRequest): { bucket: string; key: string } {
  const [, bucket = '', ...rest] = url.pathname.split('/');
  try {
    return { bucket: decodeURIComponent(bucket), key: rest.map(decodeURIComponent).join('/') };
  } catch {
    return { bucket: '', key: '' };
  }
}

/** What else a request asks for by its query (`acl`, `uploads`, `versioning`) is not served. */
const ANSWERED = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'];
const IGNORED = ['x-id', 'fetch-owner', 'max-buckets'];

function operationOf({ method, url }: WireRequest, bucket: string, key: string): S3Operation | undefined {
  const known = [...ANSWERED, ...IGNORED];
  if ([...url.searchParams.keys()].some((name) => !known.includes(name))) return undefined;
  const of = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  return operations.find((operation) => operation.method === method && operation.of === of);
}

/** In S3's own words. */
function checkSignature({ headers }: WireRequest, region: string): void {
  const scope = readCredentialScope(headers);
  if (!scope) throw new AwsError('AccessDenied', 'Access Denied', 403);
  try {
    authorize(scope, { regions: [region], service: 's3' });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'InvalidClientTokenId') throw error;
    const sentence = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new AwsError('InvalidAccessKeyId', sentence, 403);
  }
}

/** A bucket of another region is named, not served. */
function checkRegion(world: World, bucket: string, region: string): void {
  const found = lookUp(world.state.s3?.buckets ?? {}, bucket);
  if (!found || found.region === region) return;
  const sentence =
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.';
  throw new AwsError('PermanentRedirect', sentence, 301);
}

function errorOf(code: string, message: string, bucket: string, place: string | undefined, requestId: string): string {
  const endpoint = code === 'PermanentRedirect' && place ? { Endpoint: `s3.${place}.amazonaws.com` } : {};
  const fields = { Code: code, Message: message, BucketName: bucket, ...endpoint, RequestId: requestId };
  return renderXml('Error', '', fields).replace(' xmlns=""', '');
}
