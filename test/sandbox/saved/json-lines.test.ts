import { appendFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JsonLines } from '../../../sandbox/saved/json-lines.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-lines-'));
  file = join(directory, 'numbers.jsonl');
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function append(...batches: number[][]): Promise<void> {
  const lines = new JsonLines<number>(file);
  for (const batch of batches) lines.append(batch);
  await lines.close();
}

describe('a file of JSON lines', () => {
  it('is empty where there is none', async () => {
    expect(await new JsonLines(file).read()).toEqual([]);
  });

  it('keeps what is appended in order, over several lives', async () => {
    await append([1, 2], [3]);
    await append([4]);

    const values = await new JsonLines(file).read();

    expect(values).toEqual([1, 2, 3, 4]);
  });

  it('leaves out a line that a kill cut short, and does not run the next one into it', async () => {
    await append([1]);
    await appendFile(file, '{"half":');

    const before = await new JsonLines(file).read();
    await append([2]);

    expect(before).toEqual([1]);
    expect(await readFile(file, 'utf8')).toBe('1\n2\n');
  });

  it('forgets the oldest values beyond a number', async () => {
    await append([1, 2, 3, 4]);

    const newest = await new JsonLines<number>(file).readNewest(2);

    expect(newest).toEqual([3, 4]);
    expect(await readFile(file, 'utf8')).toBe('3\n4\n');
  });

  it('loses nothing when forgetting was cut short', async () => {
    await append([1, 2, 3, 4]);
    await writeFile(`${file}.new`, '3\n');

    const all = await new JsonLines<number>(file).read();
    const newest = await new JsonLines<number>(file).readNewest(3);

    expect(all).toEqual([1, 2, 3, 4]);
    expect(newest).toEqual([2, 3, 4]);
    expect(await readdir(directory)).toEqual(['numbers.jsonl']);
  });

  it('forgets by replacing the file whole, never by emptying it', async () => {
    await append([1, 2, 3, 4]);
    const old = await open(file);

    await new JsonLines<number>(file).readNewest(2);
    const untouched = await old.readFile('utf8');
    await old.close();

    expect(untouched).toBe('1\n2\n3\n4\n');
  });

  it('says at its end that it could not be written', async () => {
    const lines = new JsonLines<number>(join(directory, 'missing', 'numbers.jsonl'));

    lines.append([1]);

    await expect(lines.close()).rejects.toThrow('ENOENT');
  });
});
