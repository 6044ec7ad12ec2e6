// What `npm test` runs after types and linters: every test, in two turns. The parts, two files at a time; then the whole
// worlds, one after another: they have limits in real time, and two of them on two cores make each other late. Both turns
// are run whatever the first brings; the exit status is 1 when either failed.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const turns = [
  ['--selectProjects', 'unit', 'integration', 'page', '--maxWorkers=2'],
  ['--selectProjects', 'worlds', '--runInBand'],
];
const results = turns.map((turn) =>
  spawnSync(process.execPath, ['--experimental-vm-modules', jest, ...turn], { stdio: 'inherit' }),
);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
