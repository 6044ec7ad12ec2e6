import type { IncomingHttpHeaders } from 'node:http';
import { SANDBOX_CREDENTIALS } from './credentials.ts';
import { AwsError } from './errors.ts';

/** What a request's Signature Version 4 says it is for. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** The scope in the Authorization header; undefined when there is none. Throws IncompleteSignature when malformed. */
export function readCredentialScope(headers: IncomingHttpHeaders): CredentialScope | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const match = HEADER.exec(authorization);
  if (!match?.[1] || !match[3] || !match[4] || headers['x-amz-date'] === undefined) {
    throw new AwsError(
      'IncompleteSignature',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a " +
        "'X-Amz-Date' or a 'Date' header.",
    );
  }
  return { accessKeyId: match[1], region: match[3], service: match[4] };
}

/**
 * Refuses what the service would refuse before it looks at the request: no signature, a foreign access key, another
 * region's or service's scope. The signature itself is not recomputed. Gives the region that it is for.
 */
export function authorize(
  scope: CredentialScope | undefined,
  expected: { regions: readonly string[]; service: string },
): string {
  if (!scope) throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  if (scope.accessKeyId !== SANDBOX_CREDENTIALS.accessKeyId) {
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  }
  if (!expected.regions.includes(scope.region)) {
    const sentence = `Credential should be scoped to a valid region, not '${scope.region}'. `;
    throw new AwsError('SignatureDoesNotMatch', sentence, 403);
  }
  if (scope.service !== expected.service) {
    const sentence = `Credential should be scoped to correct service: '${expected.service}'. `;
    throw new AwsError('SignatureDoesNotMatch', sentence, 403);
  }
  return scope.region;
}
