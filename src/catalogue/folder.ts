import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InvalidInput } from '../domain/errors.ts';

/** An entry of a folder; a link counts as what it leads to. */
export interface FolderEntry {
  name: string;
  isFolder: boolean;
}

/** Entries in alphabetical order, without hidden ones (a mounted ConfigMap has `..data`); links are followed. */
export async function listFolder(directory: string): Promise<FolderEntry[]> {
  const found = await readdir(directory, { withFileTypes: true });
  const visible = found.filter(({ name }) => !name.startsWith('.'));
  const entries = visible.map(async (entry) => ({
    name: entry.name,
    isFolder: entry.isSymbolicLink()
      ? await readdir(join(directory, entry.name)).then(
          () => true,
          () => false,
        )
      : entry.isDirectory(),
  }));
  return (await Promise.all(entries)).sort((left, right) => left.name.localeCompare(right.name));
}

/**
 * Throws InvalidInput when `path` is, or goes through, a link that leads out of `root` (as `realpath` names it): whoever
 * may write runbooks must not make Lifeboat read other files of its machine.
 */
export async function assertInside(root: string, path: string): Promise<void> {
  const real = await realpath(path);
  if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return;
  throw new InvalidInput('file.link', 'This link leads out of the runbooks folder; put a copy of the file here.');
}
