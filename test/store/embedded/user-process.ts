import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { ensureEmbeddedPostgres } from '../../../src/store/embedded/supervisor.ts';

/**
 * A process that uses the embedded server: `node user-process.ts <state directory>` writes one line of JSON when it is
 * signed in, and one more when it has released it, which the line `release` on its input asks for.
 */
const say = (line: object) => stdout.write(`${JSON.stringify(line)}\n`);
try {
  const stateDirectory = process.argv[2] ?? '';
  const { connectionString, release } = await ensureEmbeddedPostgres({
    stateDirectory,
    logger: pino({ level: 'silent' }),
  });
  say({ connectionString });
  for await (const line of createInterface({ input: stdin })) {
    if (line !== 'release') continue;
    await release();
    say({ released: true });
    stdin.destroy();
    break;
  }
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
