import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** A copy of the launcher beside programs that only say who they are. */
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lifeboat-launcher-'));
  await mkdir(join(root, 'bin'));
  await cp('bin/lifeboat.mjs', join(root, 'bin', 'lifeboat.mjs'));
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  for (const [file, name] of [
    ['src/cli/main.ts', 'cli'],
    ['src/main.ts', 'bot'],
    ['sandbox/main.ts', 'sandbox'],
  ] as const) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(
      join(root, file),
      `const words: string[] = process.argv.slice(2); console.log('${name}', ...words);`,
    );
  }
});

afterEach(() => rm(root, { recursive: true, force: true }));

function start(words: string[], env: NodeJS.ProcessEnv = {}, node = process.execPath): ChildProcess {
  return spawn(node, [join(root, 'bin', 'lifeboat.mjs'), ...words], { env: { PATH: process.env.PATH, ...env } });
}

async function finish(child: ChildProcess) {
  let text = '';
  child.stdout?.on('data', (data) => {
    text += data;
  });
  child.stderr?.on('data', (data) => {
    text += data;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((end) => {
    child.on('close', (...status) => end(status));
  });
  return { text: text.trim(), code, signal };
}

const run = (words: string[], env?: NodeJS.ProcessEnv) => finish(start(words, env));

describe('the launcher', () => {
  it.each([
    [['lint', '--json'], {}, 'cli lint --json'],
    [[], {}, 'cli'],
    [['simulate', 'chatbot/region-failover'], {}, 'sandbox simulate chatbot/region-failover'],
    [['start', '--speed', '10'], {}, 'sandbox start --speed 10'],
    [['start'], { SLACK_BOT_TOKEN: '' }, 'bot start'],
    [['start'], { SLACK_BOT_TOKEN: 'xoxb-1' }, 'bot start'],
    [['start'], { SLACK_SIGNING_SECRET: 'x' }, 'bot start'],
    [['start'], { LIFEBOAT_CONTAINER: '1' }, 'bot start'],
    [['start'], { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'bot start'],
  ])('%j with %j starts %s', async (words, env, said) => {
    await expect(run(words, env)).resolves.toEqual({ text: said, code: 0, signal: null });
  });

  it.each([
    ['simulate', 'There is no sandbox here, so nothing can be simulated.'],
    ['start', 'SLACK_BOT_TOKEN is missing, and there is no sandbox here to start instead.'],
  ])('explains %s where there is no sandbox', async (verb, sentence) => {
    await rm(join(root, 'sandbox'), { recursive: true });

    const { text, code } = await run([verb]);

    expect(text).toContain(sentence);
    expect(code).toBe(2);
  });

  it('says what to do before the packages are installed', async () => {
    await rm(join(root, 'node_modules'));

    const { text, code } = await run(['lint']);

    expect(text).toBe(`Run "npm ci" in ${root} first.`);
    expect(code).toBe(2);
  });
});

/** The machine's own Node, where it is an older one: `npm test` puts Node 24 first on the path. */
const older = await findOlderNode();
const withOlderNode = older ? describe : describe.skip;

withOlderNode('the launcher on an older Node', () => {
  it('starts Node 24 with the same words, and ends with its status', async () => {
    await writeFile(
      join(root, 'src/cli/main.ts'),
      'console.log(process.versions.node, ...process.argv.slice(2)); process.exitCode = 7;',
    );

    const { text, code } = await finish(start(['a', 'b c'], {}, older));

    expect(text).toMatch(/^24\.\d+\.\d+ a b c$/);
    expect(code).toBe(7);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('passes %s on', async (signal) => {
    await writeFile(
      join(root, 'src/cli/main.ts'),
      `process.on('${signal}', () => { console.log('told'); process.exit(3); }); setInterval(() => {}, 1000); console.log('up');`,
    );
    const child = start([], {}, older);
    child.stdout?.once('data', () => child.kill(signal));

    const { text, code } = await finish(child);

    expect(text).toBe('up\ntold');
    expect(code).toBe(3);
  });

  it('takes its child along when it is killed', async () => {
    await writeFile(
      join(root, 'src/cli/main.ts'),
      "process.on('disconnect', () => process.exit()); setInterval(() => {}, 1000); console.log(process.pid);",
    );
    const child = start([], {}, older);
    await new Promise((up) => child.stdout?.once('data', up));

    child.kill('SIGKILL');
    // Ends only when nobody holds its output any more, the other Node included.
    const { signal } = await finish(child);

    expect(signal).toBe('SIGKILL');
  });
});

async function findOlderNode(): Promise<string | undefined> {
  for (const node of ['/usr/bin/node', '/usr/local/bin/node']) {
    const child = spawn(node, ['-p', 'parseInt(process.versions.node)'], { env: {} });
    const version = await new Promise<number>((found) => {
      child.on('error', () => found(99));
      child.stdout.on('data', (data) => found(Number(data)));
    });
    if (version < 24) return node;
  }
  return undefined;
}
