import type { z } from 'zod';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import type { Xml } from '../xml.ts';

/** What an operation may use: the world, and the region whose endpoint was called. */
export interface QueryContext {
  world: World;
  region: string;
}

export interface OperationDefinition<Input extends z.ZodType> {
  name: string;
  mutating: boolean;
  input: Input;
  /** What the call is about, for the call log and its latency: an identifier, or `*`. */
  resource(input: z.infer<Input>): string;
  /** The content of the result element; throws AwsError when the service refuses. */
  answer(input: z.infer<Input>, context: QueryContext): { readonly [name: string]: Xml };
}

/** An operation that reads its own input. */
export interface QueryOperation {
  name: string;
  mutating: boolean;
  read(
    raw: unknown,
  ): { resource: string; answer(context: QueryContext): { readonly [name: string]: Xml } } | z.ZodError;
}

/** A service that speaks the Query protocol, as its model describes it. */
export interface QueryService {
  /** Name in the call log. */
  name: string;
  /** Service in the credential scope. */
  signingName: string;
  version: string;
  namespace: string;
  operations: readonly QueryOperation[];
  /** The service's own error for a parameter that its model does not allow. */
  invalidParameter(path: string, missing: boolean, complaint: string): AwsError;
}

export function defineOperation<Input extends z.ZodType>(definition: OperationDefinition<Input>): QueryOperation {
  return {
    name: definition.name,
    mutating: definition.mutating,
    read(raw) {
      const parsed = definition.input.safeParse(raw);
      if (!parsed.success) return parsed.error;
      return {
        resource: definition.resource(parsed.data),
        answer: (context) => definition.answer(parsed.data, context),
      };
    },
  };
}

/** What the Query protocol answers to an operation that the service does not have. */
export function unknownOperation(operation: string | undefined, version: string | undefined): AwsError {
  if (!operation) return new AwsError('MissingAction', 'Missing Action');
  return new AwsError(
    'InvalidAction',
    `Could not find operation ${operation} for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
  );
}
