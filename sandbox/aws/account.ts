import type { IncomingHttpHeaders } from 'node:http';
import { type CredentialScope, readCredentialScope } from './authorization.ts';
import type { Responder } from './endpoint.ts';
import { lookUp } from './look-up.ts';

/**
 * Chooses who answers at the one address of the whole account: a signature says which region and service it is for.
 * So command line tools need a single endpoint URL, whatever `--region` they are given.
 */
export function chooseByScope(parts: {
  regions: Readonly<Record<string, Responder>>;
  route53: Responder;
  /** Refuses what is not signed, or for a region that the account does not use. */
  elsewhere: Responder;
}): (headers: IncomingHttpHeaders) => Responder {
  return (headers) => {
    const scope = scopeOf(headers);
    if (scope?.service === 'route53') return parts.route53;
    return (scope && lookUp(parts.regions, scope.region)) ?? parts.elsewhere;
  };
}

function scopeOf(headers: IncomingHttpHeaders): CredentialScope | undefined {
  try {
    return readCredentialScope(headers);
  } catch {
    return undefined;
  }
}
