// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { type Catalogue, formatProblem } from '../../src/domain/catalogue.ts';
import { usableCatalogue } from '../../src/domain/lint/usable.ts';
import { actions, type Edit, withEdited } from '../runbooks/support.ts';

/** A runbook of one step, which is right. */
const RIGHT = `title: Look
severity: P1
mode: [emergency]
phases:
  - id: one
    title: One
    target: 5m
    steps:
      - id: look
        title: Look
        uses: http.check
        with: { url: "\${{ system.endpoints.health }}" }
`;
const STEPS = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `      - { id: s${index}, title: S, uses: http.check, with: { url: https://x.example } }\n`,
  );
const LONG = (count: number) => `${RIGHT.split('      - id')[0]}${STEPS(count).join('')}`;
/** Nine levels of ten: what a parser that follows aliases would make a billion values of. */
const LAUGHS = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(', ')}]\n`)
  .join('')}`;

/** What stands in `chatbot/other.yaml`, and the one sentence that is said about it. */
const BROKEN: [string, string | Buffer, string][] = [
  [
    'an unknown action',
    RIGHT.replace('http.check', 'http.chek'),
    '11:15: There is no action http.chek. Did you mean http.check?',
  ],
  [
    'bad input',
    RIGHT.replace('url: ', 'consecutive: many, url: '),
    '12:30: http.check: consecutive must be a number, not "many".',
  ],
  [
    'a cycle',
    `${RIGHT}      - { id: b, title: B, uses: http.check, with: { url: https://x.example }, needs: [c] }\n      - { id: c, title: C, uses: http.check, with: { url: https://x.example } }\n`,
    '13:87: These steps wait for each other: b, then c, then b.',
  ],
  [
    'an unknown reference',
    RIGHT.replace('system.endpoints.health', 'steps.lok.outputs.x'),
    '12:22: steps has no lok. Did you mean steps.look?',
  ],
  [
    'an unknown key of the system',
    RIGHT.replace('endpoints.health', 'endpoint.health'),
    '12:22: system has no endpoint. Did you mean system.endpoints?',
  ],
  [
    'a type mismatch in an expression',
    RIGHT.replace('        with', '        if: system.endpoints.health > 3\n        with'),
    '12:13: "system.endpoints.health > 3" cannot be evaluated: no such overload: string > int.',
  ],
  [
    'a template of the wrong type',
    RIGHT.replace('system.endpoints.health', "mode == 'emergency'"),
    '12:22: http.check wants text as url, but this is true or false.',
  ],
  [
    'a duplicate id',
    `${RIGHT}      - { id: look, title: L, uses: http.check, with: { url: https://x.example } }\n`,
    '13:15: The step id look is used twice. Ids are unique in a runbook.',
  ],
  ['an unknown key', RIGHT.replace('severity', 'severty'), '2:1: severty is not known here. Did you mean severity?'],
  [
    'a key that nobody meant',
    `${RIGHT}colour: red\n`,
    '13:1: colour is not known here. Write title, severity, mode, params, outputs, abortWindow or phases.',
  ],
  ['a key that stands there twice', `${RIGHT}severity: P2\n`, '13:1: The key severity stands here twice.'],
  ['an anchor', RIGHT.replace('P1', '&p P1'), '2:14: The anchor &p is not allowed; write the value out.'],
  ['a merge key', `${RIGHT}<<: *x\n`, '13:5: The alias *x is not allowed; write the value out.'],
  ['a billion laughs', LAUGHS, '1:7: The anchor &a is not allowed; write the value out.'],
  [
    '10,000 steps',
    LONG(10_000),
    '1009:32: The runbook has 10,000 steps; a plan may have 1,000. Divide it into runbooks that are started one after another.',
  ],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from('title: Look\nseverity: '), Buffer.from([0xff, 0xfe])]),
    '2:11: The file is not UTF-8; save it as UTF-8.',
  ],
  ['UTF-16', Buffer.from(`\uFEFF${RIGHT}`, 'utf16le'), '1:1: The file is not UTF-8; save it as UTF-8.'],
  ['nothing', '', '1:1: The file is empty.'],
  ['nothing but a comment', '# later\n', '1:1: The file is empty.'],
  ['a list', '- title: Look\n', '1:1: The file must be a group of keys, not a list.'],
  ['text', 'Look!\n', '1:1: The file must be a group of keys, not "Look!".'],
  ['brackets without end', '['.repeat(100_000), '1:1: The file is nested deeper than 50 levels.'],
  ['an unclosed quote', RIGHT.replace('title: One', 'title: "One'), '6:16: A quote in this line is not closed.'],
  [
    'a tab for indentation',
    RIGHT.replace('  - id: one', '\t- id: one'),
    '5:1: Tabs are not allowed as indentation. Use spaces.',
  ],
  [
    'several documents',
    `${RIGHT}---\n${RIGHT}`,
    '13:1: There is more than one document in this file. Keep one, and remove the line ---.',
  ],
  ['no phases', RIGHT.replace(/phases:[\s\S]*/, 'phases: []\n'), '4:9: phases is empty.'],
  ['a phase without steps', `${RIGHT.split('    steps:')[0]}    steps: []\n`, '8:12: steps is empty.'],
  ['a step that is text', `${RIGHT}      - look again\n`, '13:9: steps 2 must be a group of keys, not "look again".'],
  [
    'an id in capitals',
    RIGHT.replace('id: look', 'id: Look'),
    '9:13: id is "Look": write an id in lower case with hyphens, for example write-probe.',
  ],
  [
    'an abort window that is none',
    `${RIGHT}abortWindow: 10\n`,
    '13:14: abortWindow must be text or a group of keys, not the number 10.',
  ],
];

/** The catalogue as the bot offers it, and what it says, with paths relative to the folder. */
async function offered(prepare: (directory: string) => Promise<unknown>, edits: Edit[] = []) {
  return withEdited(edits, async (directory) => {
    await prepare(directory);
    const catalogue = usableCatalogue(await loadCatalogue(directory), actions);
    return { runbooks: runbooksOf(catalogue), said: saidBy(catalogue, directory) };
  });
}

const runbooksOf = ({ systems }: Catalogue) => Object.keys(systems.chatbot?.runbooks ?? {}).sort();
const saidBy = ({ problems }: Catalogue, directory: string) =>
  problems.map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ''));
const put = (name: string, content: string | Buffer) => (directory: string) =>
  writeFile(join(directory, 'chatbot', name), content);

describe('a runbook that is wrong', () => {
  it.each(BROKEN)('is told in one sentence and not offered: %s', async (_title, content, sentence) => {
    const started = performance.now();

    const { runbooks, said } = await offered(put('other.yaml', content));

    expect(said).toEqual([`chatbot/other.yaml:${sentence}`]);
    expect(runbooks).toEqual(['region-failover']);
    // A hang, or a parser that follows what it should not, takes minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is offered when it is right, with as many steps as a plan may have', async () => {
    const { runbooks, said } = await offered(put('other.yaml', LONG(1000)));

    expect(said).toEqual([]);
    expect(runbooks).toEqual(['other', 'region-failover']);
  });

  it('takes no other broken one along: each is told', async () => {
    const { runbooks, said } = await offered(async (directory) => {
      await put('one.yaml', RIGHT.replace('http.check', 'http.chek'))(directory);
      await put('other.yaml', 'title: [')(directory);
      await put('right.yaml', RIGHT)(directory);
    });

    expect(said.map((sentence) => sentence.split(':')[0])).toEqual(['chatbot/one.yaml', 'chatbot/other.yaml']);
    expect(runbooks).toEqual(['region-failover', 'right']);
  });

  it('stops the runbooks that nest it, however deep', async () => {
    const nest = (name: string) =>
      RIGHT.replace(/uses: [\s\S]*/, `uses: runbook\n        with: { runbook: ${name} }\n`);

    const { runbooks, said } = await offered(async (directory) => {
      await put('a.yaml', nest('b'))(directory);
      await put('b.yaml', nest('c'))(directory);
      await put('c.yaml', RIGHT.replace('http.check', 'http.chek'))(directory);
      await put('d.yaml', nest('e'))(directory);
      await put('e.yaml', 'title: [')(directory);
    });

    expect(runbooks).toEqual(['region-failover']);
    expect(said.filter((sentence) => sentence.includes('cannot be used'))).toEqual([
      'chatbot/d.yaml:12:26: The runbook e cannot be used. Mend it first.',
      'chatbot/b.yaml:12:26: The runbook c, which look nests, cannot be used. Mend it first.',
      'chatbot/a.yaml:12:26: The runbook b, which look nests, cannot be used. Mend it first.',
    ]);
  });

  it('is told soon when its plan would have a million million steps', async () => {
    const nest = (level: number) =>
      `      - { id: a${level}, title: A, uses: runbook, with: { runbook: l${level} } }\n      - { id: b${level}, title: B, uses: runbook, with: { runbook: l${level} } }\n`;
    const started = performance.now();

    const { runbooks, said } = await offered(async (directory) => {
      for (let level = 0; level < 40; level++) {
        await put(`l${level}.yaml`, RIGHT.replace(/ {6}- id: look[\s\S]*/, nest(level + 1)))(directory);
      }
      await put('l40.yaml', RIGHT)(directory);
    });

    expect(runbooks.slice(0, 2)).toEqual(['l32', 'l33']);
    expect(said.filter((sentence) => sentence.includes('would have more than 1,000 steps'))).toHaveLength(32);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('is one that reads a config file with a mistake', async () => {
    const edit = { file: 'chatbot/config/dns-failover.json', replace: '"Comment":', by: '"Comment"' };

    const { runbooks, said } = await offered(put('other.yaml', RIGHT), [edit]);

    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^chatbot\/config\/dns-failover\.json:2:13: The file cannot be read/);
    expect(runbooks).toEqual(['other']);
  });
});

describe('a file that is none', () => {
  it('is told when a folder stands in its place', async () => {
    const { runbooks, said } = await offered((directory) => mkdir(join(directory, 'chatbot', 'other.yaml')));

    expect(said).toEqual(['chatbot/other.yaml:1:1: This is a folder; put a file here.']);
    expect(runbooks).toEqual(['region-failover']);
  });

  it('is not read through a link that leads out of the folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'lifeboat-outside-'));
    await writeFile(join(outside, 'secret.yaml'), RIGHT);
    await mkdir(join(outside, 'system'));

    const { runbooks, said } = await offered(async (directory) => {
      await symlink(join(outside, 'secret.yaml'), join(directory, 'chatbot', 'other.yaml'));
      await symlink(join(outside, 'secret.yaml'), join(directory, 'chatbot', 'config', 'secret.yaml'));
      await symlink(join(outside, 'system'), join(directory, 'elsewhere'));
      await symlink(join(outside, 'nowhere'), join(directory, 'chatbot', 'nothing.yaml'));
    }).finally(() => rm(outside, { recursive: true }));

    expect(said).toEqual([
      'chatbot/config/secret.yaml:1:1: This link leads out of the runbooks folder; put a copy of the file here.',
      'chatbot/nothing.yaml:1:1: The file cannot be read: it does not exist.',
      'chatbot/other.yaml:1:1: This link leads out of the runbooks folder; put a copy of the file here.',
      'elsewhere:1:1: This link leads out of the runbooks folder; put a copy of the file here.',
    ]);
    expect(runbooks).toEqual(['region-failover']);
  });

  it('is read through a link inside of the folder, as a mounted ConfigMap has it', async () => {
    const { runbooks, said } = await offered(async (directory) => {
      await mkdir(join(directory, 'chatbot', '..2026_11_21'));
      await put('..2026_11_21/other.yaml', RIGHT)(directory);
      await symlink('..2026_11_21', join(directory, 'chatbot', '..data'));
      await symlink(join('..data', 'other.yaml'), join(directory, 'chatbot', 'other.yaml'));
    });

    expect(said).toEqual([]);
    expect(runbooks).toEqual(['other', 'region-failover']);
  });
});

/** What is changed in system.yaml, and the sentences that are said; every runbook of the system is stopped. */
const BROKEN_SYSTEMS: [string, Omit<Edit, 'file'>, string[]][] = [
  [
    'an unknown key',
    { replace: 'hostedZone:', by: 'hostdZone:' },
    ['chatbot/system.yaml:28:3: hostdZone is not known here. Did you mean hostedZone?'],
  ],
  ['a region that is none', { replace: 'primary: us-east-1', by: 'primary: nowhere' }, []],
  ['a region twice', { replace: 'secondary: us-west-2', by: 'secondary: us-east-1' }, []],
  [
    'an anchor',
    { replace: 'name: chatbot\n', by: 'name: &n chatbot\n' },
    ['chatbot/system.yaml:12:12: The anchor &n is not allowed; write the value out.'],
  ],
  ['a missing part', { replace: /kubernetes:[\s\S]*?\n\n/.source, by: '' }, []],
  ['nothing', { replace: '', by: '' }, ['chatbot/system.yaml:1:1: The file is empty.']],
];

describe('a system that is wrong', () => {
  it.each(BROKEN_SYSTEMS)(
    'is told, and only its own runbooks are stopped: %s',
    async (title, { replace, by }, sentences) => {
      const { catalogue, said } = await withEdited([], async (directory) => {
        const file = join(directory, 'chatbot', 'system.yaml');
        const right = await readFile(file, 'utf8');
        await mkdir(join(directory, 'right'));
        await writeFile(join(directory, 'right', 'system.yaml'), right);
        await writeFile(join(directory, 'right', 'look.yaml'), RIGHT);
        await writeFile(
          join(directory, 'access.yaml'),
          `${await readFile(join(directory, 'access.yaml'), 'utf8')}right: { start: [U1], approve: [U2], command: [U3] }\n`,
        );
        const pattern = title === 'a missing part' ? new RegExp(replace) : replace;
        await writeFile(file, title === 'nothing' ? '' : right.replace(pattern, by));
        const loaded = usableCatalogue(await loadCatalogue(directory), actions);
        return { catalogue: loaded, said: saidBy(loaded, directory) };
      });

      expect(said.length).toBeGreaterThan(0);
      expect(
        said.every((sentence) => /^chatbot\/system\.yaml:\d+:\d+: .*\.$/.test(sentence) || sentence.endsWith('?')),
      ).toBe(true);
      if (sentences.length > 0) expect(said).toEqual(sentences);
      expect(runbooksOf(catalogue)).toEqual([]);
      expect(Object.keys(catalogue.systems.right?.runbooks ?? {})).toEqual(['look']);
    },
  );
});
