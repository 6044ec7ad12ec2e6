import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../../tools/chaos.ts', import.meta.url));

/** One and the same every day: what fails fails again. `npm run test:chaos -- --short` draws by the day. */
const SEED = '7';

test('a recovery survives a killed process, a stopped one, and services that fail', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--short', '--seed', SEED, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const words = { out: '', error: '' };
  child.stdout.on('data', (data: Buffer) => {
    words.out += data.toString('utf8');
  });
  child.stderr.on('data', (data: Buffer) => {
    words.error += data.toString('utf8');
  });

  const status = await new Promise((resolve) => child.once('close', resolve));

  // What was not survived, and the command that plays it again, stand there.
  if (status !== 0) throw new Error(words.error);
  const { rows } = JSON.parse(words.out) as { rows: { tried: number; survived: number }[] };
  expect(rows.length).toBeGreaterThan(0);
  for (const { tried, survived } of rows) expect(survived).toBe(tried);
}, 300_000);
