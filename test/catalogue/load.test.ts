import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { readYaml } from '../../src/catalogue/yaml-file.ts';
import { withEdited } from '../runbooks/support.ts';

describe('loadCatalogue', () => {
  it('takes only the broken runbook out', async () => {
    const catalogue = await withEdited([], async (directory) => {
      await writeFile(join(directory, 'chatbot', 'broken.yaml'), 'title: [');
      return loadCatalogue(directory);
    });

    expect(Object.keys(catalogue.systems.chatbot?.runbooks ?? {})).toEqual(['region-failover']);
    expect(catalogue.problems.map(({ file }) => file.split('/').at(-1))).toEqual(['broken.yaml']);
  });

  it('takes only the system out whose system.yaml is broken', async () => {
    const edit = { file: 'chatbot/system.yaml', replace: 'primary: us-east-1', by: 'primary: nowhere' };

    const catalogue = await withEdited([edit], loadCatalogue);

    expect(catalogue.systems).toEqual({});
    expect(catalogue.access.chatbot?.start).toContain('U0REQUESTER');
    expect(catalogue.problems).toHaveLength(1);
  });

  it.each([
    ['that is not UTF-8', Buffer.from([0x74, 0xff, 0xfe]), 'The file is not UTF-8; save it as UTF-8.'],
    ['larger than 1 MB', Buffer.alloc(2_500_000, 0x20), 'The file has 2.5 MB; the limit is 1 MB.'],
  ])('refuses a file %s', async (_title, bytes, message) => {
    const { problems } = await withEdited([], async (directory) => {
      await writeFile(join(directory, 'chatbot', 'big.yaml'), bytes);
      return loadCatalogue(directory);
    });

    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('says so when the folder does not exist', async () => {
    await expect(loadCatalogue('/nowhere/at/all')).rejects.toThrow(
      'The runbooks folder /nowhere/at/all cannot be read: it does not exist.',
    );
  });

  it('says so when the folder is empty', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-empty-'));

    const { problems } = await loadCatalogue(directory).finally(() => rm(directory, { recursive: true }));

    expect(problems.map(({ message }) => message)).toContain('The file cannot be read: it does not exist.');
  });
});

describe('readYaml', () => {
  it.each([
    ['an alias bomb', 'a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]', 'The anchor &a is not allowed; write the value out.'],
    ['a merge key', 'a: 1\n<<: *b', 'The alias *b is not allowed; write the value out.'],
    ['a tag of its own', 'a: !run whoami', 'The tag !run is not allowed here.'],
    ['brackets without end', '['.repeat(500_000), 'The file is nested deeper than 50 levels.'],
    ['dashes without end', '- '.repeat(200_000), 'The file is nested deeper than 50 levels.'],
    ['several documents', 'a: 1\n---\nb: 2', 'There is more than one document in this file.'],
  ])('refuses %s', (_title, text, message) => {
    const started = performance.now();

    const { problems, value } = readYaml('x.yaml', text);

    expect(problems.map((problem) => problem.message)).toContain(message);
    expect(value).toBeUndefined();
    // Not as long as what such a file could grow to would take.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('reads YAML 1.2, where no is a word', () => {
    const { value } = readYaml('x.yaml', 'a: no\nb: 0o17\nc: 1_000');

    expect(value).toEqual({ a: 'no', b: 15, c: '1_000' });
  });
});
