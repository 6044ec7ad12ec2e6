import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCli } from '../../src/cli/program.ts';
import { schemaFiles } from '../../src/cli/schema.ts';
import { withEdited } from '../runbooks/support.ts';

async function run(words: string[], env: NodeJS.ProcessEnv = {}) {
  let out = '';
  let err = '';
  const code = await runCli(words, {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('lifeboat lint', () => {
  it('is content with the shipped runbooks', async () => {
    const { code, out } = await run(['lint']);

    expect(out).toMatch(/^\d+ runbooks? of \d+ systems?: no mistakes\.\n$/);
    expect(code).toBe(0);
  });

  it('names each mistake on a line of its own, and exits with 1', async () => {
    const edit = { file: 'chatbot/region-failover.yaml', replace: 'uses: k8s.restart', by: 'uses: k8s.restrt' };

    const { code, out } = await withEdited([edit], (directory) => run(['lint', directory]));

    expect(out).toMatch(
      /region-failover\.yaml:\d+:\d+: There is no action k8s\.restrt\. Did you mean k8s\.restart\?\n/,
    );
    expect(out).toMatch(/1 runbook of 1 system: 1 mistake\.\n$/);
    expect(code).toBe(1);
  });

  it('reads the folder that --runbooks names, as start and simulate do', async () => {
    const { code, err } = await run(['lint', '--runbooks', 'nowhere'], { RUNBOOKS_DIR: 'runbooks' });

    expect(err).toBe('There is no folder nowhere; name the folder that holds access.yaml.\n');
    expect(code).toBe(2);
  });

  it.each(['plan', 'status'])('%s knows --runbooks, too', async (verb) => {
    const { out } = await run([verb, '--help']);

    expect(out).toContain('--runbooks <folder>');
  });

  it('reads the environment only as far as files need it', async () => {
    const { code } = await run(['lint'], { SLACK_BOT_TOKEN: 'half set', HOME_REGION: 'eu-central-1' });

    expect(code).toBe(0);
  });

  it('refuses a system that is to be failed out of HOME_REGION', async () => {
    const { code, out } = await run(['lint', '--json'], { HOME_REGION: 'us-east-1' });

    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      problems: [
        { file: 'runbooks/chatbot/system.yaml', line: 4 },
        { file: 'runbooks/rds/system.yaml', line: 5 },
      ],
    });
    expect(code).toBe(1);
  });

  it('exits with 2 when the folder does not exist', async () => {
    const { code, err } = await run(['lint', 'nowhere']);

    expect(err).toBe('There is no folder nowhere; name the folder that holds access.yaml.\n');
    expect(code).toBe(2);
  });
});

describe('lifeboat', () => {
  it('shows help without a verb, and what the exit status means', async () => {
    const { code, out } = await run([]);

    expect(out).toContain('Usage: lifeboat');
    expect(out).toContain('Exit status: 0 fine;');
    expect(code).toBe(0);
  });

  it('names the nearest verb for a mistyped one, and exits with 2', async () => {
    const { code, err } = await run(['lnt']);

    expect(err).toContain('Did you mean lint?');
    expect(code).toBe(2);
  });

  it.each([
    [['plan', 'chatbot'], 'Write <system>/<runbook>, for example chatbot/region-failover, not chatbot.'],
    [['plan', 'chatbt/region-failover'], 'There is no system chatbt in runbooks. Did you mean chatbot?'],
    [['plan', 'chatbot/region-failover', '--param', 'to'], 'Write name=value, not to.'],
  ])('explains %j, and exits with 2', async (words, message) => {
    const { code, err } = await run(words);

    expect(err).toBe(`${message}\n`);
    expect(code).toBe(2);
  });

  it('has written the JSON Schemas that the release would write now', async () => {
    for (const [name, text] of Object.entries(schemaFiles())) {
      await expect(readFile(join('runbooks/schema', name), 'utf8')).resolves.toBe(text);
    }
  });
});
