import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Installs what only the benchmarks need, by bench/package-lock.json, unless it is there. Needs the network then. */
export async function installOnFirstUse(): Promise<void> {
  if (existsSync(`${FOLDER}node_modules/@dbos-inc/dbos-sdk`)) return;
  const code = await new Promise<number | null>((resolve, reject) => {
    const options = { cwd: FOLDER, stdio: 'inherit' as const, shell: process.platform === 'win32' };
    spawn('npm', ['ci', '--no-audit', '--no-fund'], options).once('error', reject).once('exit', resolve);
  });
  if (code !== 0) throw new Error('What the benchmarks compare with could not be installed: run npm ci in bench/.');
}
