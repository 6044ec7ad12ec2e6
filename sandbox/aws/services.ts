import type { IncomingHttpHeaders } from 'node:http';
import type { World } from '../world/world.ts';
import { readCredentialScope } from './authorization.ts';
import { cloudWatch } from './cloudwatch/index.ts';
import { ec2 } from './ec2/index.ts';
import { eks } from './eks/index.ts';
import { elbv2 } from './elbv2/index.ts';
import type { Responder } from './endpoint.ts';
import { health } from './health/index.ts';
import { logs } from './logs/index.ts';
import { queryProtocol } from './query/protocol.ts';
import { rds } from './rds/index.ts';
import { s3 } from './s3/index.ts';
import { secretsManager } from './secrets-manager/index.ts';
import { sts } from './sts/index.ts';

/** A service of one region with a protocol of its own: JSON, REST, CBOR. */
export interface RegionalService {
  /** Name in the call log. */
  name: string;
  /** Service in the credential scope. */
  signingName: string;
  /** The names of its operations, for the list of what the simulated account serves. */
  operations: readonly { name: string }[];
  /** Answers requests to this region's endpoint. */
  answer(world: World, region: string): Responder['answer'];
}

/** Those that speak the Query protocol. */
export const queryServices = [rds, elbv2, sts] as const;

/** All others. A new one is a folder and a line here. */
const otherServices: readonly RegionalService[] = [cloudWatch, ec2, eks, health, logs, s3, secretsManager];

export const regionalServices = [...queryServices, ...otherServices];

/** Answers whichever service of this region a request is signed for. */
export function regionalAnswer(world: World, region: string): Responder['answer'] {
  const query = queryProtocol(world, region, queryServices);
  const others = new Map(otherServices.map((service) => [service.signingName, service.answer(world, region)]));
  return (request, exchange) => (others.get(signedService(request.headers) ?? '') ?? query)(request, exchange);
}

function signedService(headers: IncomingHttpHeaders): string | undefined {
  try {
    return readCredentialScope(headers)?.service;
  } catch {
    return undefined;
  }
}
