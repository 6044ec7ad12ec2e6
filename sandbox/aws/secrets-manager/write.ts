import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { WorldState } from '../../world/state.ts';
import { AwsError } from '../errors.ts';
import { defineJsonOperation } from '../json/protocol.ts';
import { lookUp } from '../look-up.ts';
import { newSecret } from './create.ts';
import { findSecret, notFound } from './find.ts';
import type { SecretVersion, StoredSecret } from './state.ts';
import { addVersion, CURRENT, moveStage, staged } from './versions.ts';

const Value = {
  ClientRequestToken: z.string().optional(),
  SecretString: z.string().optional(),
  /** Base64. */
  SecretBinary: z.string().optional(),
};
const Stage = z.string().min(1).max(256);
const MOST_BYTES = 65_536;

export const createSecret = defineJsonOperation({
  name: 'CreateSecret',
  mutating: true,
  input: z.object({ Name: z.string().min(1).max(512), Description: z.string().max(2048).optional(), ...Value }),
  resource: ({ Name }) => Name,
  answer(input, { world, region }) {
    const { Name, Description } = input;
    if (!/^[\w/+=.@-]+$/.test(Name)) {
      const allowed = 'Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!';
      throw new AwsError('ValidationException', `Invalid name. ${allowed}`);
    }
    const token = tokenOf(input);
    const value = givenValue(input);
    const secrets = secretsOf(world.state, region);
    const existing = lookUp(secrets, Name);
    if (existing) {
      const version = lookUp(existing.versions, token);
      if (!version || !isDeepStrictEqual(version.value, value)) {
        const sentence = `The operation failed because the secret ${Name} already exists.`;
        throw new AwsError('ResourceExistsException', sentence);
      }
      return { ARN: existing.arn, Name, VersionId: token };
    }
    const now = world.clock.now();
    const secret = newSecret(world.state, region, Name, { now, description: Description });
    if (value) addVersion(secret, token, value, { now, stages: [CURRENT] });
    secrets[Name] = secret;
    return { ARN: secret.arn, Name, ...(value && { VersionId: token }) };
  },
});

export const putSecretValue = defineJsonOperation({
  name: 'PutSecretValue',
  mutating: true,
  input: z.object({
    SecretId: z.string().min(1),
    VersionStages: z.array(Stage).min(1).max(20).default([CURRENT]),
    ...Value,
  }),
  resource: ({ SecretId }) => SecretId,
  answer(input, { world, region }) {
    const token = tokenOf(input);
    const value = givenValue(input);
    if (!value) throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    const secret = findSecret(world.state, region, input.SecretId);
    if (secret.replicaOf !== undefined) throw notOnReplica();
    const { stages } = addVersion(secret, token, value, { now: world.clock.now(), stages: input.VersionStages });
    return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages: stages };
  },
});

const notOnReplica = () =>
  new AwsError(
    'InvalidRequestException',
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );

export const updateSecretVersionStage = defineJsonOperation({
  name: 'UpdateSecretVersionStage',
  mutating: true,
  input: z.object({
    SecretId: z.string().min(1),
    VersionStage: Stage,
    RemoveFromVersionId: z.string().optional(),
    MoveToVersionId: z.string().optional(),
  }),
  resource: ({ SecretId }) => SecretId,
  answer({ SecretId, VersionStage, RemoveFromVersionId: from, MoveToVersionId: to }, { world, region }) {
    const secret = findSecret(world.state, region, SecretId);
    for (const id of [from, to]) {
      if (id !== undefined && !lookUp(secret.versions, id)) {
        throw notFound("Secrets Manager can't find the specified secret version.");
      }
    }
    const holder = staged(secret, VersionStage)?.[0];
    if (from === undefined && holder !== undefined && holder !== to) {
      const attached = `Staging label ${VersionStage} is currently attached to version ${holder}`;
      const needed = `so you must explicitly reference that version in RemoveFromVersionId.`;
      throw invalid(`The parameter RemoveFromVersionId can't be empty. ${attached}, ${needed}`);
    }
    if (from !== undefined && from !== holder) {
      throw invalid(`The staging label ${VersionStage} is not attached to version ${from}.`);
    }
    if (to === undefined && VersionStage === CURRENT) {
      const sentence = `You can only move staging label ${CURRENT} to a different secret version.`;
      throw invalid(`${sentence} It can't be completely removed.`);
    }
    moveStage(secret, VersionStage, to);
    secret.changedAt = world.clock.now();
    return { ARN: secret.arn, Name: secret.name };
  },
});

function secretsOf(state: WorldState, region: string): Record<string, StoredSecret> {
  state.secrets ??= {};
  state.secrets[region] ??= {};
  return state.secrets[region];
}

/** What becomes the version's id. Clients make one up when they are given none. */
function tokenOf({ ClientRequestToken: token }: { ClientRequestToken?: string | undefined }): string {
  if (token === undefined) {
    const sentence = 'You must provide a ClientRequestToken value. We recommend a UUID-type value.';
    throw new AwsError('InvalidRequestException', sentence);
  }
  if (token.length < 32 || token.length > 64) throw invalid('ClientRequestToken must be 32-64 characters long.');
  return token;
}

function givenValue(input: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretVersion['value'] | undefined {
  const { SecretString: text, SecretBinary: binary } = input;
  if (text !== undefined && binary !== undefined) {
    throw invalid("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  if (text === undefined && binary === undefined) return undefined;
  const bytes = text === undefined ? Buffer.byteLength(binary ?? '', 'base64') : Buffer.byteLength(text);
  if (bytes < 1 || bytes > MOST_BYTES) {
    throw invalid(`The secret value must have between 1 and ${MOST_BYTES} bytes.`);
  }
  return text === undefined ? { binary: binary ?? '' } : { text };
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);
