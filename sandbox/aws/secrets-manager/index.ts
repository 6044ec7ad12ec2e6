import { jsonService } from '../json/protocol.ts';
import { describeSecret, getSecretValue, listSecrets } from './read.ts';
import { createSecret, putSecretValue, updateSecretVersionStage } from './write.ts';

/** Secrets Manager: secrets and their versions. */
export const secretsManager = jsonService({
  name: 'secretsmanager',
  signingName: 'secretsmanager',
  version: '1.1',
  operations: [createSecret, describeSecret, getSecretValue, listSecrets, putSecretValue, updateSecretVersionStage],
});
