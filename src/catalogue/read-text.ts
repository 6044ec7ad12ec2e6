import { readFile, stat } from 'node:fs/promises';
import { InvalidInput } from '../domain/errors.ts';
import { assertInside } from './folder.ts';

/** Larger files are refused: a runbook is read by people. */
const LARGEST_FILE = 1_000_000;

/** Bytes that are no text, and where the first of them stands. */
export class NotText extends InvalidInput {
  readonly line: number;
  readonly column: number;

  constructor(before: string, options: { cause: unknown }) {
    super('file.encoding', 'The file is not UTF-8; save it as UTF-8.', options);
    const lines = before.split('\n');
    this.line = lines.length;
    this.column = (lines.at(-1)?.length ?? 0) + 1;
  }
}

/**
 * The text of a UTF-8 file below `root` (a real path). Throws InvalidInput with a sentence when it is no such file, too
 * large, or a link that leads out of `root`; NotText when it is not UTF-8; and what the file system throws.
 */
export async function readText(root: string, path: string): Promise<string> {
  await assertInside(root, path);
  const found = await stat(path);
  if (found.isDirectory()) throw new InvalidInput('file.kind', 'This is a folder; put a file here.');
  if (!found.isFile()) throw new InvalidInput('file.kind', 'This is not a file.');
  if (found.size > LARGEST_FILE) {
    const size = (found.size / 1e6).toFixed(1);
    throw new InvalidInput('file.size', `The file has ${size} MB; the limit is 1 MB.`);
  }
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const [before = ''] = new TextDecoder().decode(bytes).split('\uFFFD');
    throw new NotText(before, { cause: error });
  }
}
