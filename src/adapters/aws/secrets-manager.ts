import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Permanent } from '../../domain/errors.ts';
import { type AwsConnection, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

/** The current version of a secret that is a JSON object. Its values are secret: none may be logged or journalled. */
export interface JsonSecret {
  version: string;
  values: Readonly<Record<string, unknown>>;
}

/** Secrets Manager of every region. */
export interface SecretsManager {
  /**
   * Throws Permanent `secrets-manager.resource-not-found`, or `secrets-manager.not-json` where it is no JSON object;
   * Retryable where the region does not answer.
   */
  read(region: string, name: string, signal: AbortSignal): Promise<JsonSecret>;
  /**
   * Makes a version of the id `token` (32 to 64 characters) the current one. With the same token and the same values it
   * does nothing: `isCurrent` is false when the version has been replaced since. Throws Permanent
   * `secrets-manager.resource-exists` when the version is there with other values.
   */
  put(
    region: string,
    name: string,
    version: { token: string; values: Readonly<Record<string, unknown>> },
    signal: AbortSignal,
  ): Promise<{ isCurrent: boolean }>;
  close(): void;
}

/** Not at the service's own address where `connection` says so. */
export function createSecretsManager(connection: AwsConnection = {}): SecretsManager {
  const reader = perRegion((region) => new SecretsManagerClient(readSettings(connection, region)));
  const writer = perRegion((region) => new SecretsManagerClient(writeSettings(connection, region)));
  const translate = (error: unknown, region: string, name: string) =>
    translateAwsError(error, 'secrets-manager', `Secrets Manager in ${region}, ${name}`);
  return {
    async read(region, name, signal) {
      const command = new GetSecretValueCommand({ SecretId: name });
      const answer = await reader
        .of(region)
        .send(command, { abortSignal: signal })
        .catch((error: unknown) => {
          throw translate(error, region, name);
        });
      const values = jsonObject(answer.SecretString ?? '');
      if (!values) {
        const sentence = `The secret ${name} in ${region} is no JSON object, so that no key of it can be set by itself. Change it by hand.`;
        throw new Permanent('secrets-manager.not-json', sentence);
      }
      return { version: answer.VersionId ?? '', values };
    },
    async put(region, name, { token, values }, signal) {
      const SecretString = JSON.stringify(values);
      const command = new PutSecretValueCommand({ SecretId: name, ClientRequestToken: token, SecretString });
      try {
        const { VersionStages = [] } = await writer.of(region).send(command, { abortSignal: signal });
        return { isCurrent: VersionStages.includes('AWSCURRENT') };
      } catch (error) {
        throw translate(error, region, name);
      }
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

/** Undefined for anything else. What the parser complains of is left out: it quotes the secret. */
function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
