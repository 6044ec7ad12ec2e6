import { randomUUID } from 'node:crypto';
import type { World } from '../../world/world.ts';
import { authorize, readCredentialScope } from '../authorization.ts';
import type { WireRequest, WireResponse } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { type Exchange, perform } from '../exchange.ts';
import { renderXml } from '../xml.ts';
import { changeResourceRecordSets } from './change-resource-record-sets.ts';
import { getChange } from './get-change.ts';
import {
  createHealthCheck,
  deleteHealthCheck,
  getHealthCheck,
  getHealthCheckStatus,
  listHealthChecks,
  updateHealthCheck,
} from './health/operations.ts';
import { listResourceRecordSets } from './list-resource-record-sets.ts';
import { bareId } from './names.ts';
import { NAMESPACE, type RestOperation, VERSION } from './operation.ts';
import { getHostedZone, listHostedZones, listHostedZonesByName } from './zones.ts';

/** Route 53 is one service for the world; its control plane lives, and its signatures are scoped, there. */
export const ROUTE53_REGION = 'us-east-1';

export const route53Operations: readonly RestOperation[] = [
  changeResourceRecordSets,
  createHealthCheck,
  deleteHealthCheck,
  getChange,
  getHealthCheck,
  getHealthCheckStatus,
  getHostedZone,
  listHealthChecks,
  listHostedZones,
  listHostedZonesByName,
  listResourceRecordSets,
  updateHealthCheck,
];

/** Answers Route 53's REST protocol to requests that are signed for one of `regions`. */
export function route53Protocol(world: World, regions: readonly string[] = [ROUTE53_REGION]) {
  return async (request: WireRequest, exchange: Exchange): Promise<WireResponse | undefined> => {
    const requestId = randomUUID();
    const found = findOperation(request);
    const outcome = await perform(world, exchange, {
      service: 'route53',
      operation: found?.operation.name ?? `${request.method} ${request.url.pathname}`,
      resource: found?.id ? bareId(found.id) : '*',
      mutating: found?.operation.mutating ?? false,
      carryOut() {
        authorize(readCredentialScope(request.headers), { regions, service: 'route53' });
        if (!found) throw new AwsError('UnknownOperationException', 'The requested operation does not exist', 404);
        const { operation, id } = found;
        return operation.answer({ id, query: request.url.searchParams, body: request.body }, world);
      },
    });

    if (outcome.kind === 'lost') return undefined;
    if (outcome.kind === 'refused') {
      const { code, message, status } = outcome.error;
      const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
      return { status, requestId, body: renderXml('ErrorResponse', NAMESPACE, { Error: error, RequestId: requestId }) };
    }
    const { name = '', status = 200, headers } = found?.operation ?? {};
    const body = renderXml(`${name}Response`, NAMESPACE, outcome.value);
    return { status, requestId, ...(headers && { headers: headers(outcome.value) }), body };
  };
}

function findOperation({ method, url }: WireRequest): { operation: RestOperation; id: string } | undefined {
  const prefix = `/${VERSION}`;
  if (!url.pathname.startsWith(`${prefix}/`)) return undefined;
  const path = decode(url.pathname.slice(prefix.length));
  for (const operation of route53Operations) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match) return { operation, id: match[1] ?? '' };
  }
  return undefined;
}

/** A path that is not well encoded matches no operation. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
