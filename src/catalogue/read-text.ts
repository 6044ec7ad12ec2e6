import { readFile, stat } from 'node:fs/promises';
import { InvalidInput } from '../domain/errors.ts';

/** Larger files are refused: a runbook is read by people. */
export const LARGEST_FILE = 1_000_000;

/** The text of a UTF-8 file. Throws InvalidInput with a sentence when it is no such file, or too large. */
export async function readText(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new InvalidInput('file.kind', 'This is not a file.');
  if (found.size > LARGEST_FILE) {
    const size = (found.size / 1e6).toFixed(1);
    throw new InvalidInput('file.size', `The file has ${size} MB; the limit is 1 MB.`);
  }
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InvalidInput('file.encoding', 'The file is not UTF-8; save it as UTF-8.', { cause: error });
  }
}
