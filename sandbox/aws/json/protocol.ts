import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { authorize, readCredentialScope } from '../authorization.ts';
import type { Responder } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { perform } from '../exchange.ts';
import type { RegionalService } from '../services.ts';

/** What an operation may use: the world, and the region whose endpoint was called. */
export interface JsonContext {
  world: World;
  region: string;
}

/** An operation of a service that speaks AWS's JSON protocols, by its name in `X-Amz-Target`. */
export interface JsonOperation {
  name: string;
  mutating: boolean;
  read(raw: unknown): { resource: string; answer(context: JsonContext): object } | z.ZodError;
}

/** Keeps the type of the input while an operation is written. `answer` throws AwsError when the service refuses. */
export function defineJsonOperation<Input extends z.ZodType>(definition: {
  name: string;
  mutating: boolean;
  input: Input;
  /** What the call is about, for the call log and its latency: an identifier, or `*`. */
  resource(input: z.infer<Input>): string;
  answer(input: z.infer<Input>, context: JsonContext): object;
}): JsonOperation {
  const { name, mutating, input, resource, answer } = definition;
  return {
    name,
    mutating,
    read(raw) {
      const parsed = input.safeParse(raw);
      if (!parsed.success) return parsed.error;
      return { resource: resource(parsed.data), answer: (context) => answer(parsed.data, context) };
    },
  };
}

/**
 * A service that speaks awsJson 1.0 or 1.1: POST /, the operation in `X-Amz-Target`, errors by `__type`. `regions` are
 * those that its requests may be signed for; absent: the endpoint's own.
 */
export function jsonService(service: {
  name: string;
  signingName: string;
  version: '1.0' | '1.1';
  operations: readonly JsonOperation[];
  regions?: readonly string[];
}): RegionalService {
  const { name, signingName, version, operations } = service;
  const contentType = { 'content-type': `application/x-amz-json-${version}` };
  const answer = (world: World, region: string): Responder['answer'] => {
    return async ({ headers, body }, exchange) => {
      const requestId = randomUUID();
      const target = String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1);
      const operation = operations.find((candidate) => candidate.name === target);
      const raw = readJson(body);
      const read = operation && raw !== undefined ? operation.read(raw) : undefined;
      const outcome = await perform<object>(world, exchange, {
        service: name,
        region,
        operation: target || '-',
        resource: read && !(read instanceof z.ZodError) ? read.resource : '-',
        mutating: operation?.mutating ?? false,
        carryOut() {
          authorize(readCredentialScope(headers), { regions: service.regions ?? [region], service: signingName });
          if (!operation)
            throw new AwsError('UnknownOperationException', 'The requested operation does not exist', 400);
          if (!read) throw new AwsError('SerializationException', 'The request body is not valid JSON.', 400);
          if (read instanceof z.ZodError) throw new AwsError('ValidationException', sentenceOf(read), 400);
          return read.answer({ world, region });
        },
      });
      if (outcome.kind === 'lost') return undefined;
      if (outcome.kind === 'refused') {
        const { code, message, status } = outcome.error;
        const __type = OF_ALL_SERVICES[code] ?? code;
        return { status, requestId, headers: contentType, body: JSON.stringify({ __type, message }) };
      }
      return { status: 200, requestId, headers: contentType, body: JSON.stringify(outcome.value) };
    };
  };
  return { name, signingName, operations, answer };
}

/** What every service may refuse, as the JSON protocols name what the Query protocol names otherwise. */
const OF_ALL_SERVICES: Readonly<Record<string, string>> = {
  ExpiredToken: 'ExpiredTokenException',
  Throttling: 'ThrottlingException',
  AccessDenied: 'AccessDeniedException',
};

function readJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    return undefined;
  }
}

function sentenceOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `Value at '${issue?.path.join('.') ?? ''}' failed to satisfy constraint: ${issue?.message ?? 'is not valid'}`;
}
