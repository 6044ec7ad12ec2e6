import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { chatbot, EAST, healthyState, refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const run = promisify(execFile);
const Bucket = 'ai-chatbot-backups';
const traffic = { Bucket: 'chatbot-traffic-us-west-2', Key: 'leave-us-east-1' };
/** The world begins on 2026-01-05 at 09:00 UTC. */
const NEWEST = 'database-backups/chatbot_20260105_020000.sql.gz';

let sandbox: Sandbox;
let s3: S3Client;

beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = clientOf(sandbox.endpoints.regions[WEST] ?? '', WEST);
});
afterEach(() => {
  for (const fault of [...sandbox.world.state.faults]) sandbox.world.switchFault(fault, false);
});
afterAll(async () => {
  s3.destroy();
  await sandbox.close();
});

function clientOf(endpoint: string, region: string): S3Client {
  return new S3Client({ endpoint, region, credentials: SANDBOX_CREDENTIALS, maxAttempts: 1 });
}

async function bytesOf(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const dumps = async () => (await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'database-backups/' }))).Contents;

describe('the nightly dumps', () => {
  it('are there for fourteen nights, and page by page', async () => {
    const all = (await dumps()) ?? [];
    const first = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'database-backups/', MaxKeys: 10 }));
    const ContinuationToken = first.NextContinuationToken;
    const second = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'database-backups/', MaxKeys: 10, ContinuationToken }),
    );
    const folders = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));

    expect(all).toHaveLength(14);
    expect(all.at(-1)).toMatchObject({ Key: NEWEST, LastModified: new Date('2026-01-05T02:00:12Z') });
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 10 });
    expect(second.IsTruncated).toBe(false);
    expect([...(first.Contents ?? []), ...(second.Contents ?? [])]).toEqual(all);
    expect(folders).toMatchObject({ CommonPrefixes: [{ Prefix: 'database-backups/' }], KeyCount: 1 });
  });

  it("hold the database in pg_dump's plain format, with a checksum of what was uploaded", async () => {
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: NEWEST, ChecksumMode: 'ENABLED' }));
    const part = await s3.send(new GetObjectCommand({ Bucket, Key: NEWEST, Range: 'bytes=0-1' }));

    const content = await bytesOf(NEWEST);
    const text = gunzipSync(content).toString();

    expect(head.ContentLength).toBe(content.length);
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update(content).digest('base64'));
    expect(part.ContentRange).toBe(`bytes 0-1/${content.length}`);
    expect([...((await part.Body?.transformToByteArray()) ?? [])]).toEqual([0x1f, 0x8b]);
    expect(text).toMatch(/^--\n-- PostgreSQL database dump\n--\n\n\\restrict \w+\n/);
    expect(text).toMatch(/\nCOPY public\.users \(id, email, created_at\) FROM stdin;\n1\ttest@example\.com\t2025-/);
    expect(text).toMatch(/\n\\\.\n/);
  });

  it('are missing, old, or not what was uploaded while their fault is on', async () => {
    sandbox.world.switchFault({ name: 'backup-wrong-checksum' }, true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: NEWEST, ChecksumMode: 'ENABLED' }));
    const wrong = await refusal(bytesOf(NEWEST));
    sandbox.world.switchFault({ name: 'backup-stale' }, true);
    const stale = await dumps();
    sandbox.world.switchFault({ name: 'backup-missing' }, true);
    const missing = await dumps();

    expect(head.ChecksumSHA256).toBeDefined();
    expect(wrong.message).toMatch(/checksum mismatch/i);
    expect(stale?.at(-1)?.Key).toBe('database-backups/chatbot_20251227_020000.sql.gz');
    expect(missing).toBeUndefined();
  });
});

describe('objects', () => {
  it('are written with a checksum, read back, and deleted', async () => {
    const put = await s3.send(new PutObjectCommand({ ...traffic, Body: 'stay', ChecksumAlgorithm: 'SHA256' }));
    const got = await s3.send(new GetObjectCommand({ ...traffic, ChecksumMode: 'ENABLED' }));
    const text = await got.Body?.transformToString();
    await s3.send(new DeleteObjectCommand(traffic));

    expect(put.ETag).toBe(got.ETag);
    expect(text).toBe('stay');
    expect(got.ChecksumSHA256).toBe(createHash('sha256').update('stay').digest('base64'));
    expect(await refusal(s3.send(new GetObjectCommand(traffic)))).toMatchObject({ name: 'NoSuchKey', status: 404 });
  });

  it('are written only when the condition holds', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ ...traffic, Body: 'one', IfNoneMatch: '*' }));

    const again = await refusal(s3.send(new PutObjectCommand({ ...traffic, Body: 'two', IfNoneMatch: '*' })));
    const other = await refusal(s3.send(new PutObjectCommand({ ...traffic, Body: 'two', IfMatch: '"abc"' })));
    await s3.send(new PutObjectCommand({ ...traffic, Body: 'three', IfMatch: ETag }));
    await s3.send(new DeleteObjectCommand(traffic));

    expect(again).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect(other).toMatchObject({ name: 'PreconditionFailed', status: 412 });
  });

  it.each([
    ['another checksum', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') }, 'BadDigest'],
    ['an algorithm that is not checked here', { ChecksumAlgorithm: 'CRC64NVME' as const }, /./],
  ])('are refused with %s', async (_case, more, name) => {
    const refused = await refusal(s3.send(new PutObjectCommand({ ...traffic, Body: 'content', ...more })));

    expect(refused.name).toMatch(name);
    expect((await refusal(s3.send(new GetObjectCommand(traffic)))).name).toBe('NoSuchKey');
  });
});

it('names buckets, refuses those it does not have, and sends those of another region there', async () => {
  const east = clientOf(sandbox.endpoints.regions[EAST] ?? '', EAST);

  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  const nothing = await refusal(s3.send(new ListObjectsV2Command({ Bucket: 'nothing-of-ours' })));
  const elsewhere = await refusal(east.send(new GetObjectCommand({ Bucket, Key: NEWEST })));
  const head = await s3.send(new HeadBucketCommand({ Bucket }));
  const foreign = await refusal(
    new S3Client({
      endpoint: sandbox.endpoints.regions[WEST] ?? '',
      region: WEST,
      credentials: { accessKeyId: 'AKIAFOREIGN', secretAccessKey: 'x' },
      maxAttempts: 1,
    }).send(new ListBucketsCommand({})),
  );
  const unsigned = await fetch(`${sandbox.endpoints.regions[WEST]}/${Bucket}`);
  east.destroy();

  expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket, traffic.Bucket]);
  expect(nothing).toMatchObject({ name: 'NoSuchBucket', status: 404 });
  expect(elsewhere).toMatchObject({ name: 'PermanentRedirect', status: 301 });
  expect(head.BucketRegion).toBe(WEST);
  expect(foreign).toMatchObject({ name: 'InvalidAccessKeyId', status: 403 });
  expect(unsigned.status).toBe(403);
});

it('keeps what was put in a saved world', async () => {
  await s3.send(new PutObjectCommand({ ...traffic, Body: 'kept' }));
  const state = { ...healthyState(), s3: structuredClone(sandbox.world.state.s3) };
  const later = await startSandbox({ state: JSON.parse(JSON.stringify(state)) });
  const client = clientOf(later.endpoints.regions[WEST] ?? '', WEST);
  try {
    const { Body } = await client.send(new GetObjectCommand(traffic));

    expect(await Body?.transformToString()).toBe('kept');
  } finally {
    client.destroy();
    await later.close();
    await s3.send(new DeleteObjectCommand(traffic));
  }
});

const hasCli = spawnSync('aws', ['--version']).status === 0;
(hasCli ? it : it.skip)("answers the documents' own commands", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-s3-cli-'));
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
    AWS_DEFAULT_REGION: WEST,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
  };
  const aws = (...command: string[]) =>
    run('aws', ['--endpoint-url', sandbox.endpoints.account, ...command], { env, cwd: directory });
  try {
    const list = await aws('s3', 'ls', `s3://${Bucket}/${chatbot.backups?.prefix}`, '--recursive');
    await aws('s3', 'cp', `s3://${Bucket}/${NEWEST}`, './');
    await aws('s3', 'cp', './chatbot_20260105_020000.sql.gz', `s3://${traffic.Bucket}/copy.sql.gz`);
    await aws('s3', 'rm', `s3://${traffic.Bucket}/copy.sql.gz`);

    expect(list.stdout.trim().split('\n').at(-1)).toMatch(new RegExp(`${NEWEST}$`));
    expect(await readFile(join(directory, 'chatbot_20260105_020000.sql.gz'))).toEqual(await bytesOf(NEWEST));
  } finally {
    await rm(directory, { recursive: true });
  }
});
