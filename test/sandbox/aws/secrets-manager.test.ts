import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { createSecrets } from '../../../sandbox/aws/secrets-manager/create.ts';
import { chatbot, EAST, healthyState, refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const NAME = 'chatbot/database';

let sandbox: Sandbox;
let client: SecretsManagerClient;

beforeAll(async () => {
  sandbox = await startSandbox();
  client = new SecretsManagerClient({
    region: WEST,
    endpoint: sandbox.endpoints.regions[WEST] ?? '',
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await sandbox.close();
});

const token = (letter: string) => letter.repeat(32);
const value = (SecretId: string, more: { VersionId?: string; VersionStage?: string } = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...more }));
const put = (SecretId: string, letter: string, SecretString: string, VersionStages?: string[]) =>
  client.send(
    new PutSecretValueCommand({
      ...{ SecretId, SecretString, ClientRequestToken: token(letter) },
      ...(VersionStages && { VersionStages }),
    }),
  );
const create = (Name: string, letter: string, SecretString?: string) =>
  client.send(
    new CreateSecretCommand({
      ...{ Name, ClientRequestToken: token(letter) },
      ...(SecretString !== undefined && { SecretString }),
    }),
  );
const stages = async (SecretId: string) =>
  (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;
const move = (SecretId: string, VersionStage: string, from: string | undefined, to: string | undefined) =>
  client.send(
    new UpdateSecretVersionStageCommand({
      ...{ SecretId, VersionStage },
      ...(from !== undefined && { RemoveFromVersionId: token(from) }),
      ...(to !== undefined && { MoveToVersionId: token(to) }),
    }),
  );

describe("the database's secret", () => {
  it.each([EAST, WEST])('is in %s, and leads where the services are led', (region) => {
    const [secret] = Object.values(sandbox.world.state.secrets?.[region] ?? {});
    const [version] = Object.values(secret?.versions ?? {});
    const { host, port, username, password } =
      sandbox.world.state.kubernetes[region]?.secrets['db-credentials']?.data ?? {};

    expect(secret?.name).toBe(NAME);
    expect(version?.stages).toEqual(['AWSCURRENT']);
    expect(JSON.parse(version && 'text' in version.value ? version.value.text : '')).toEqual({
      ...{ host, port: Number(port), username, password },
      ...{ dbname: 'chatbot', engine: 'postgres' },
    });
  });

  it('is read by name and by ARN, and is not where nobody has made it', async () => {
    const byName = await value(NAME);
    const byArn = await value(byName.ARN ?? '');

    expect(byName.ARN).toMatch(/^arn:aws:secretsmanager:us-west-2:123456789012:secret:chatbot\/database-\w{6}$/);
    expect(byName).toMatchObject({ Name: NAME, VersionStages: ['AWSCURRENT'], CreatedDate: expect.any(Date) });
    expect(byArn.SecretString).toBe(byName.SecretString);
    expect(await refusal(value('chatbot/other'))).toEqual({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
      status: 400,
    });
  });

  it('is made anew from what the services have, where a world was saved without it, and only where system.yaml names one', () => {
    const { secrets, ...state } = healthyState();
    const { secret, ...database } = chatbot.database;

    expect(createSecrets(chatbot, state)).toEqual(secrets);
    expect(createSecrets({ ...chatbot, database }, state)).toEqual({});
    expect(secret).toBe(NAME);
  });
});

describe('versions', () => {
  it('move the labels: what was current is the previous one', async () => {
    await create('moved', 'a', 'one');
    await put('moved', 'b', 'two');
    const third = await put('moved', 'c', 'three');

    expect(third).toMatchObject({ VersionId: token('c'), VersionStages: ['AWSCURRENT'] });
    expect(await stages('moved')).toEqual({ [token('b')]: ['AWSPREVIOUS'], [token('c')]: ['AWSCURRENT'] });
    expect((await value('moved')).SecretString).toBe('three');
    expect((await value('moved', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
    expect((await value('moved', { VersionId: token('a') })).SecretString).toBe('one');
  });

  it('are written once for each token, however late the call is repeated', async () => {
    await create('once', 'a', 'one');
    await put('once', 'b', 'two');
    await put('once', 'c', 'three');

    const late = await put('once', 'b', 'two');
    const other = await refusal(put('once', 'b', 'four'));

    expect(late).toMatchObject({ VersionId: token('b'), VersionStages: ['AWSPREVIOUS'] });
    expect((await value('once')).SecretString).toBe('three');
    expect(other).toMatchObject({ name: 'ResourceExistsException', status: 400 });
    expect(other.message).toContain(`You can't use ClientRequestToken ${token('b')}`);
  });

  it('may wait under a label of their own until AWSCURRENT is moved to them', async () => {
    await create('staged', 'a', 'one');
    await put('staged', 'b', 'two', ['AWSPENDING']);
    const before = (await value('staged')).SecretString;

    const unnamed = await refusal(move('staged', 'AWSCURRENT', undefined, 'b'));
    const wrong = await refusal(move('staged', 'AWSCURRENT', 'b', 'a'));
    const removed = await refusal(move('staged', 'AWSCURRENT', 'a', undefined));
    const unknown = await refusal(move('staged', 'AWSCURRENT', 'a', 'd'));
    await move('staged', 'AWSCURRENT', 'a', 'b');
    await move('staged', 'AWSPENDING', 'b', undefined);

    expect(before).toBe('one');
    expect(unnamed).toMatchObject({ name: 'InvalidParameterException' });
    expect(unnamed.message).toContain(`AWSCURRENT is currently attached to version ${token('a')}`);
    expect([wrong, removed].map(({ name }) => name)).toEqual([
      'InvalidParameterException',
      'InvalidParameterException',
    ]);
    expect(unknown.name).toBe('ResourceNotFoundException');
    expect(await stages('staged')).toEqual({ [token('a')]: ['AWSPREVIOUS'], [token('b')]: ['AWSCURRENT'] });
  });

  it('are asked for by what they have', async () => {
    await create('asked', 'a', 'one');
    await create('empty', 'a');

    expect(await refusal(value('asked', { VersionStage: 'AWSPREVIOUS' }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    });
    expect(await refusal(value('asked', { VersionId: token('b') }))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(await refusal(value('asked', { VersionId: token('a'), VersionStage: 'AWSPENDING' }))).toMatchObject({
      name: 'InvalidRequestException',
    });
    expect(await refusal(value('empty'))).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('may be binary, and are text or binary', async () => {
    const SecretBinary = Buffer.from([0, 1, 255]);
    await client.send(new CreateSecretCommand({ Name: 'binary', SecretBinary }));

    const both = client.send(new PutSecretValueCommand({ SecretId: 'binary', SecretBinary, SecretString: 'x' }));

    expect(Buffer.from((await value('binary')).SecretBinary ?? [])).toEqual(SecretBinary);
    expect((await refusal(both)).name).toBe('InvalidParameterException');
    expect((await refusal(client.send(new PutSecretValueCommand({ SecretId: 'binary' })))).name).toBe(
      'InvalidRequestException',
    );
  });
});

describe('secrets', () => {
  it('are created once: the same call again is the same secret', async () => {
    const first = await create('created', 'a', 'one');
    const again = await create('created', 'a', 'one');

    expect(first.VersionId).toBe(token('a'));
    expect(again.ARN).toBe(first.ARN);
    expect(await refusal(create('created', 'b', 'one'))).toMatchObject({
      name: 'ResourceExistsException',
      message: 'The operation failed because the secret created already exists.',
    });
    expect((await refusal(create('no spaces', 'a', 'one'))).name).toBe('ValidationException');
    const short = new CreateSecretCommand({ Name: 'short', SecretString: 'x', ClientRequestToken: 'x' });
    expect((await refusal(client.send(short))).name).toBe('InvalidParameterException');
  });

  it('are listed page by page, and never with their values', async () => {
    for (const name of ['listed/1', 'listed/2', 'listed/3']) await create(name, 'a', 'hidden');

    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListSecretsCommand({ MaxResults: 2, ...(NextToken && { NextToken }) }));
      expect(page.SecretList?.length).toBeLessThanOrEqual(2);
      expect(JSON.stringify(page.SecretList)).not.toContain('hidden');
      names.push(...(page.SecretList ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(names.filter((name) => name?.startsWith('listed/'))).toEqual(['listed/1', 'listed/2', 'listed/3']);
    expect(names).toContain(NAME);
    const wrong = client.send(new ListSecretsCommand({ NextToken: 'nonsense' }));
    expect((await refusal(wrong)).name).toBe('InvalidNextTokenException');
  });

  it('of one region are not those of another', () => {
    const { secrets } = sandbox.world.state;

    expect(Object.keys(secrets?.[WEST] ?? {}).length).toBeGreaterThan(1);
    expect(Object.keys(secrets?.[EAST] ?? {})).toEqual([NAME]);
  });
});
