import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../sandbox/world/state.ts';
import { verifyBackup } from '../../src/actions/s3/find-backup.ts';
import type { S3 } from '../../src/adapters/aws/s3.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext, type TestRun } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let bench: TestWorld;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 60 });
});
afterEach(() => {
  for (const fault of [...bench.world.state.faults]) bench.world.switchFault(fault, false);
});
afterAll(() => bench.close());

const contextOf = (run: TestRun = {}) =>
  createRunContext({ system: bench.system, clock: bench.world.clock, signal: AbortSignal.timeout(30_000), ...run });
/** The action, where S3 answers some questions otherwise. */
function latestBackup(change: Partial<S3> = {}) {
  const { aws } = bench.clients;
  const clients = { ...bench.clients, aws: { ...aws, s3: { ...aws.s3, ...change } } };
  const action = permittedActions(bench, clients).get('s3.latest-backup');
  if (!action) throw new Error('there is no s3.latest-backup');
  return action;
}
async function look() {
  const action = latestBackup();
  const { measurements } = await action.observe(contextOf(), {});
  expect(action.output.safeParse(measurements).error).toBeUndefined();
  return measurements;
}
const fault = (name: FaultName) => bench.world.switchFault({ name }, true);

describe('s3.latest-backup', () => {
  it('finds the newest dump by its name, and that it is as it was uploaded', async () => {
    const found = await look();

    expect(found).toMatchObject({ verified: 'yes', usable: true });
    expect(found.key).toMatch(/^database-backups\/chatbot_\d{8}_020000\.sql\.gz$/);
    expect(found.ageSeconds).toBeLessThan(86_400 + 3600);
  });

  it.each([
    ['backup-stale', 'it is older than 26 h'],
    ['backup-wrong-checksum', 'its content is not what was uploaded'],
  ] as const)('cannot be used: %s', async (name, why) => {
    fault(name);

    const found = await look();

    expect(found.usable).toBe(false);
    expect(found.sentence).toContain(why);
  });

  it.each([
    ['without a checksum of its upload', {}, 'has no checksum', 'S3 keeps no SHA-256'],
    [
      'with a checksum of its parts alone',
      { checksum: { kind: 'parts', value: 'AA==-3' } },
      'has one of its parts alone',
      'CRC64NVME',
    ],
  ] as const)('cannot be used %s', async (_what, checksum, verified, why) => {
    const { key } = await look();
    const place = { region: 'us-west-2', bucket: 'ai-chatbot-backups', key: String(key) };
    const { s3 } = bench.clients.aws;
    const head: typeof s3.head = async (...asked) => {
      const { checksum: _own, ...found } = await s3.head(...asked);
      return { ...found, ...checksum };
    };
    const other: typeof s3 = { ...s3, head };

    expect(await verifyBackup(other, place, AbortSignal.timeout(5000))).toMatchObject({ verified });
    const action = latestBackup({ head });
    const measured = (await action.observe(contextOf(), {})).measurements;
    expect(measured).toMatchObject({ usable: false, sentence: expect.stringContaining(why) });
  });

  it('is not known to be whole when it is not read to its end in time', async () => {
    const { s3 } = bench.clients.aws;
    const late = new AbortController();
    const read: S3['read'] = async (...asked) => {
      const content = await s3.read(...asked);
      late.abort(new Error('late'));
      return content;
    };
    const action = latestBackup({ read });

    const looking = action.observe(contextOf({ signal: late.signal }), {});

    await expect(looking).rejects.toMatchObject({ name: 'Permanent', code: 'backup.not-read' });
  });

  it('says that there is none', async () => {
    fault('backup-missing');

    await expect(look()).rejects.toMatchObject({ name: 'Permanent', code: 'backup.none' });
  });
});
