import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../page', import.meta.url));

/**
 * Builds the page into `directory` (it is emptied first), in a process of its own, because the world is being started
 * meanwhile. It takes half a second, so it is done at every start: what is served is never older than its sources.
 * Throws with the builder's words when it cannot be built.
 */
export async function buildPage(directory: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const args = [vite, 'build', PAGE, '--outDir', directory, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      words += data.toString('utf8');
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`The page could not be built:\n${words.trim()}`);
}
