// Plays the one recovery that its parent sends, and sends back what became of it. Ends with its parent.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from './job.ts';
import { recover } from './recover.ts';

process.once('message', (message) => {
  void play(Job.parse(message));
});

async function play(job: Job): Promise<void> {
  const result = await recover(job, await mkdtemp(join(tmpdir(), 'lifeboat-chaos-')));
  process.send?.(result, () => process.exit(0));
}
