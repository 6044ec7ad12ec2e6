import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { authorize, type CredentialScope, readCredentialScope } from '../authorization.ts';
import type { WireRequest, WireResponse } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { type Exchange, type PreparedCall, perform } from '../exchange.ts';
import { renderXml, type Xml } from '../xml.ts';
import { decodeQuery } from './decode.ts';
import { type QueryOperation, type QueryService, unknownOperation } from './operation.ts';

type Content = { readonly [name: string]: Xml };

/**
 * Answers the Query protocol for one region's services; which one is meant, the credential scope tells. Without a region
 * it refuses everything, as what is signed for a region where nothing is.
 */
export function queryProtocol(world: World, region: string | undefined, services: readonly QueryService[]) {
  const regions = region === undefined ? [] : [region];
  return async (request: WireRequest, exchange: Exchange): Promise<WireResponse | undefined> => {
    const requestId = randomUUID();
    const parameters = new URLSearchParams(request.method === 'GET' ? request.url.search : request.body);
    const version = parameters.get('Version') ?? undefined;
    const action = parameters.get('Action') ?? undefined;
    const scope = attempt(() => readCredentialScope(request.headers));
    const service = chooseService(services, scope, version);
    const operation = service.version === version ? service.operations.find(({ name }) => name === action) : undefined;

    const call = prepare(
      () => {
        if (scope instanceof AwsError) throw scope;
        const context = { world, region: authorize(scope, { regions, service: service.signingName }) };
        if (!operation) throw unknownOperation(action, version);
        const { resource, answer } = read(service, operation, parameters);
        return { resource, carryOut: () => answer(context) };
      },
      {
        service: service.name,
        ...(region === undefined ? {} : { region }),
        operation: action ?? '-',
        mutating: operation?.mutating ?? false,
      },
    );
    const outcome = await perform(world, exchange, call);

    if (outcome.kind === 'lost') return undefined;
    if (outcome.kind === 'refused') {
      const { code, message, status } = outcome.error;
      const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
      return {
        status,
        requestId,
        body: renderXml('ErrorResponse', service.namespace, { Error: error, RequestId: requestId }),
      };
    }
    const content = { [`${action}Result`]: outcome.value, ResponseMetadata: { RequestId: requestId } };
    return { status: 200, requestId, body: renderXml(`${action}Response`, service.namespace, content) };
  };
}

/** The scope names the service; without one (or with one that this endpoint does not serve) the version does. */
function chooseService(
  services: readonly QueryService[],
  scope: CredentialScope | AwsError | undefined,
  version: string | undefined,
): QueryService {
  const scoped =
    scope instanceof AwsError ? undefined : services.find(({ signingName }) => signingName === scope?.service);
  const chosen = scoped ?? services.find((service) => service.version === version) ?? services[0];
  if (!chosen) throw new Error('a regional endpoint needs at least one service');
  return chosen;
}

/** What is refused before the operation is known still takes its time and is recorded. */
function prepare(
  read: () => Pick<PreparedCall<Content>, 'resource' | 'carryOut'>,
  entry: Omit<PreparedCall<Content>, 'resource' | 'carryOut'>,
): PreparedCall<Content> {
  const found = attempt(read);
  if (!(found instanceof AwsError)) return { ...entry, ...found };
  return {
    ...entry,
    resource: '-',
    carryOut() {
      throw found;
    },
  };
}

function read(service: QueryService, operation: QueryOperation, parameters: URLSearchParams) {
  const result = operation.read(decodeQuery(parameters));
  if (!(result instanceof z.ZodError)) return result;
  const issue = result.issues[0];
  const missing = issue?.code === 'invalid_type' && issue.message.endsWith('received undefined');
  throw service.invalidParameter(issue?.path.join('.') ?? '', missing, issue?.message ?? 'is not valid');
}

function attempt<T>(action: () => T): T | AwsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
