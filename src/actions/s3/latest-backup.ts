import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { backupsOf, findLatestBackup, verifyBackup } from './find-backup.ts';

const Output = z.object({
  key: z.string(),
  /** World seconds since it was begun. */
  ageSeconds: z.number(),
  bytes: z.number(),
  /** When it was begun, ISO 8601 in UTC. */
  takenAt: z.string(),
  /** Whether its content, read to the end, has the checksum of its upload: `yes`, `no`, `has no checksum`, `has one of its parts alone`. */
  verified: z.string(),
  /** Young enough, not shrunk, and as it was uploaded. */
  usable: z.boolean(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Machine seconds for reading a dump before the run: some 3 GB. A larger one is not known to be as it was uploaded. */
const LONGEST_READ = 60;
/** A dump of less than this part of the one before it has lost something. */
const SHRUNK = 0.5;
const UNKNOWN = 'nobody knows whether it is whole';

export const latestBackup = (clients: Clients) =>
  defineAction({
    id: 's3.latest-backup',
    summary: 'Find the newest dump in S3, and verify its age, size and checksum',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['s3:ListBucket (backups)', 's3:GetObject (backups)'] },
    examples: [{ title: 'The nightly dumps of system.yaml', with: {} }],
    dependsOn: (_input, { backups }) => (backups ? [{ region: backups.region }] : []),
    writes: () => [],
    // Reading some 50 MB/s, where the dump has a few GB.
    expectedSeconds: () => 60,
    observationSeconds: LONGEST_READ,
    async observe(context) {
      return { facts: {}, measurements: await look(clients, context) };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      const outputs = await context.waitUntil(() => look(clients, context));
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function look(clients: Clients, context: ObserveContext): Promise<Output> {
  const { system, systemName, signal, clock } = context;
  const { s3 } = clients.aws;
  const { region, bucket, prefix, maxAge } = backupsOf(system, systemName);
  const { key, bytes, takenAt, bytesBefore } = await findLatestBackup(s3, { region, bucket, prefix }, signal);
  const { verified, checksum } = await verifyBackup(s3, { region, bucket, key }, signal);
  const ageSeconds = Math.max(0, Math.round((clock.now() - takenAt) / 1000));
  const troubles = [
    ageSeconds > maxAge ? `it is older than ${formatSeconds(maxAge)}` : '',
    bytes < bytesBefore * SHRUNK ? `it has ${bytes} bytes, the one before it ${bytesBefore}` : '',
    verified === 'no' ? `its content is not what was uploaded (${checksum})` : '',
    verified === 'has no checksum' ? `S3 keeps no SHA-256 or CRC-64/NVME of its upload, so ${UNKNOWN}` : '',
    verified === 'has one of its parts alone'
      ? `it was uploaded in parts and S3 keeps a SHA-256 of these alone, which the whole cannot be compared with, so ${UNKNOWN}; \`aws s3 cp --checksum-algorithm CRC64NVME\` keeps one of the whole`
      : '',
  ].filter((trouble) => trouble !== '');
  const what = `${key} is ${formatSeconds(ageSeconds)} old and has ${bytes} bytes`;
  const sentence =
    troubles.length > 0
      ? `${what}; it cannot be used: ${troubles.join('; ')}. Find an older one that is sound, or restore to a point in time.`
      : `${what}; its content is what was uploaded (${checksum}).`;
  return {
    ...{ key, ageSeconds, bytes, verified, sentence },
    takenAt: new Date(takenAt).toISOString(),
    usable: troubles.length === 0,
  };
}
