import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { defineJsonOperation } from '../json/protocol.ts';
import { lookUp } from '../look-up.ts';
import { page } from '../pages.ts';
import { findSecret, notFound } from './find.ts';
import type { SecretVersion, StoredSecret } from './state.ts';
import { CURRENT, staged } from './versions.ts';

const MOST = 100;

export const describeSecret = defineJsonOperation({
  name: 'DescribeSecret',
  mutating: false,
  input: z.object({ SecretId: z.string().min(1) }),
  resource: ({ SecretId }) => SecretId,
  answer({ SecretId }, { world, region }) {
    const secret = findSecret(world.state, region, SecretId);
    return { ...summary(secret), VersionIdsToStages: stagesOf(secret) };
  },
});

export const listSecrets = defineJsonOperation({
  name: 'ListSecrets',
  mutating: false,
  input: z.object({ MaxResults: z.int().min(1).max(MOST).default(MOST), NextToken: z.string().optional() }),
  resource: () => '*',
  answer({ MaxResults, NextToken }, { world, region }) {
    const all = Object.values(world.state.secrets?.[region] ?? {});
    const invalid = new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
    const { items, marker } = page(all, ({ name }) => name, MaxResults, NextToken, invalid);
    const SecretList = items.map((secret) => ({ ...summary(secret), SecretVersionsToStages: stagesOf(secret) }));
    return { SecretList, ...(marker !== undefined && { NextToken: marker }) };
  },
});

export const getSecretValue = defineJsonOperation({
  name: 'GetSecretValue',
  mutating: false,
  input: z.object({
    SecretId: z.string().min(1),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  resource: ({ SecretId }) => SecretId,
  answer({ SecretId, VersionId, VersionStage }, { world, region }) {
    const secret = findSecret(world.state, region, SecretId);
    const [id, { createdAt, value, stages }] = versionOf(secret, VersionId, VersionStage);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      ...('text' in value ? { SecretString: value.text } : { SecretBinary: value.binary }),
      VersionStages: stages,
      CreatedDate: createdAt / 1000,
    };
  },
});

function versionOf(
  secret: StoredSecret,
  id: string | undefined,
  stage: string | undefined,
): [id: string, version: SecretVersion] {
  const missing = "Secrets Manager can't find the specified secret value for";
  if (id === undefined) {
    const label = stage ?? CURRENT;
    const found = staged(secret, label);
    if (!found) throw notFound(`${missing} staging label: ${label}`);
    return found;
  }
  const version = lookUp(secret.versions, id);
  if (!version) throw notFound(`${missing} VersionId: ${id}`);
  if (stage !== undefined && !version.stages.includes(stage)) {
    const sentence = 'You provided a VersionStage that is not associated to the provided VersionId.';
    throw new AwsError('InvalidRequestException', sentence);
  }
  return [id, version];
}

function summary({ arn, name, description, createdAt, changedAt }: StoredSecret) {
  const dates = { CreatedDate: createdAt / 1000, LastChangedDate: changedAt / 1000 };
  return { ARN: arn, Name: name, ...(description !== undefined && { Description: description }), ...dates };
}

/** Versions without a label are deprecated, and not shown. */
function stagesOf({ versions }: StoredSecret): Record<string, string[]> {
  const shown = Object.entries(versions).filter(([, { stages }]) => stages.length > 0);
  return Object.fromEntries(shown.map(([id, { stages }]) => [id, stages]));
}
