import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { World } from '../world/world.ts';
import { ROUTING_CONTROL } from './arc/index.ts';
import { type CredentialScope, readCredentialScope } from './authorization.ts';
import type { Responder } from './endpoint.ts';
import { AwsError } from './errors.ts';
import { perform } from './exchange.ts';
import { lookUp } from './look-up.ts';
import { renderXml } from './xml.ts';

/**
 * Chooses who answers at the one address of the whole account: a signature says which region and service it is for.
 * So command line tools need a single endpoint URL, whatever `--region` they are given.
 */
export function chooseByScope(
  world: World,
  parts: {
    regions: Readonly<Record<string, Responder>>;
    /** What each region serves: the service's name, and the one in its signatures. */
    services: readonly { name: string; signingName: string }[];
    route53: Responder;
    /** The routing controls' endpoint in each region. */
    routingControls: Readonly<Record<string, Responder>>;
    /** Refuses what is not signed, or for a region that the account does not use. */
    elsewhere: Responder;
  },
): (headers: IncomingHttpHeaders) => Responder {
  const { regions, services, route53, routingControls, elsewhere } = parts;
  return (headers) => {
    const scope = scopeOf(headers);
    if (!scope) return elsewhere;
    if (scope.service === 'route53') return route53;
    if (scope.service === ROUTING_CONTROL) return lookUp(routingControls, scope.region) ?? elsewhere;
    const isServed = services.some(({ signingName }) => signingName === scope.service);
    if (!isServed)
      return notServed(world, scope.service, [...services.map(({ name }) => name), 'route53', ROUTING_CONTROL]);
    return lookUp(regions, scope.region) ?? elsewhere;
  };
}

/** Says in a sentence that the simulated account does not have a service, in the shape that its clients read. */
function notServed(world: World, service: string, served: readonly string[]): Responder {
  return {
    condition: () => 'up',
    async answer({ method, url, headers, body }, exchange) {
      const code = 'UnknownOperationException';
      const message = `The simulated account does not serve ${service}; it serves ${served.join(', ')}.`;
      const outcome = await perform<never>(world, exchange, {
        service,
        operation: nameOf(method, url, headers, body),
        resource: '-',
        mutating: false,
        carryOut() {
          throw new AwsError(code, message, 404);
        },
      });
      if (outcome.kind === 'lost') return undefined;
      const requestId = randomUUID();
      if (speaksXml(service, body)) {
        const content = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId };
        return {
          status: 404,
          requestId,
          body: renderXml('ErrorResponse', `https://${service}.amazonaws.com/`, content),
        };
      }
      const error = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code };
      return { status: 404, requestId, headers: error, body: JSON.stringify({ __type: code, message }) };
    },
  };
}

/** The Query protocol and S3 answer in XML, newer services in JSON. */
function speaksXml(service: string, body: string): boolean {
  return service === 's3' || new URLSearchParams(body).has('Action');
}

/** The operation's own name where the request tells it, otherwise method and path. */
function nameOf(method: string, url: URL, headers: IncomingHttpHeaders, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? target;
  return new URLSearchParams(body).get('Action') ?? `${method} ${url.pathname}`;
}

function scopeOf(headers: IncomingHttpHeaders): CredentialScope | undefined {
  try {
    return readCredentialScope(headers);
  } catch {
    return undefined;
  }
}
