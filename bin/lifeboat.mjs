#!/usr/bin/env node
// Runs on every Node from 16 on: finds Node 24 when the machine's own is older, then starts what the verb asks for.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (Number(process.versions.node.split('.')[0]) < NEEDED) runWithOwnNode();
else await startVerb();

/** Starts this file again with the Node that npm installed, and ends as it ends. */
function runWithOwnNode() {
  const node = findOwnNode();
  if (!node) {
    fail(
      `Lifeboat needs Node ${NEEDED}, and this is Node ${process.versions.node}.`,
      existsSync(join(root, 'node_modules'))
        ? `Install Node ${NEEDED} from https://nodejs.org: none is packaged for ${process.platform} on ${process.arch}.`
        : `Run "npm ci" in ${root} first; it brings Node ${NEEDED} along on Linux and Windows.`,
    );
  }
  const child = spawn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel carries nothing: it breaks when this process is killed, and then the other one ends, too.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', (error) => fail(`Node ${NEEDED} (${node}) could not be started: ${error.message}.`));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    if (process.platform !== 'win32' || signal === 'SIGTERM') process.on(signal, () => child.kill(signal));
  }
  // A terminal sends Ctrl+C to both processes; the child must not count it twice.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code === null ? 1 : code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function findOwnNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

async function startVerb() {
  if (!existsSync(join(root, 'node_modules'))) fail(`Run "npm ci" in ${root} first.`);
  // Compiled code is kept beside the packages, where nobody else can write; without the right to, it is not kept.
  const cache = join(root, 'node_modules', '.cache', 'lifeboat');
  module.enableCompileCache?.(cache);
  // For the processes that this one starts: a sandbox its bot, a rehearsal its worlds.
  process.env.NODE_COMPILE_CACHE ??= cache;
  const target = join(root, targetOf(process.argv[2]));
  process.argv[1] = target;
  await import(pathToFileURL(target).href);
}

/** The program that serves a verb. The sandbox starts only where nothing points to a real workspace. */
function targetOf(verb) {
  const sandbox = join('sandbox', 'main.ts');
  const hasSandbox = existsSync(join(root, sandbox));
  if (verb === 'simulate') {
    if (hasSandbox) return sandbox;
    fail('There is no sandbox here, so nothing can be simulated.', 'Run it from a clone of the repository.');
  }
  if (verb !== 'start') return join('src', 'cli', 'main.ts');
  const isReal = process.env.LIFEBOAT_CONTAINER || process.env.KUBERNETES_SERVICE_HOST || hasSlackVariable();
  if (isReal) return join('src', 'main.ts');
  if (hasSandbox) return sandbox;
  fail(
    'SLACK_BOT_TOKEN is missing, and there is no sandbox here to start instead.',
    "Set it to the app's bot token (xoxb-…), and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET with it.",
  );
}

function hasSlackVariable() {
  return Object.keys(process.env).some((name) => name.startsWith('SLACK_'));
}

function fail(...sentences) {
  process.stderr.write(`${sentences.join(' ')}\n`);
  process.exit(2);
}
