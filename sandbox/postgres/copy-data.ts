import { constants, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import pg from 'pg';
import { type Passwords, SUPERUSER } from './roles.ts';

/** Folders whose content belongs to one running server; whoever starts on the copy makes its own. */
const NOT_COPIED = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp'];
const NOT_COPIED_FILES =
  /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|postgresql\.auto\.conf\.tmp|(standby|recovery)\.signal)$/;
const CONTROL_FILE = 'global/pg_control';

/** Copies the data folder of a running server into `target`, without its write-ahead log. */
export async function copyRunning(
  source: { dataDirectory: string; port: number },
  target: string,
  passwords: Passwords,
): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: source.port,
    user: SUPERUSER,
    password: passwords.superuser,
    database: 'postgres',
  });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('copy', true)");
    await copyFiles(source.dataDirectory, target);
    // Of a standby it says how far recovery must go at least, so it must be the last that is copied.
    await copyFile(join(source.dataDirectory, CONTROL_FILE), join(target, CONTROL_FILE));
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Copies the data folder of a server that does not run, without its write-ahead log. */
export async function copyFiles(dataDirectory: string, target: string): Promise<void> {
  await copyTree(dataDirectory, target, (path) => {
    const [folder, entry] = relative(dataDirectory, path).split('/');
    return !(entry !== undefined && NOT_COPIED.includes(folder ?? '')) && !NOT_COPIED_FILES.test(basename(path));
  });
}

/** Copies a folder with all that is wanted of it: side by side, since these are a thousand small files. */
export async function copyTree(
  from: string,
  to: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (!isWanted(source)) return;
      if (entry.isDirectory()) await copyTree(source, target, isWanted);
      // Where the file system can, both share their blocks until one of them is written.
      else await copyFile(source, target, constants.COPYFILE_FICLONE);
    }),
  );
}

/** Copies the write-ahead log that a server has kept; what the copy has already is replaced. */
export async function copyLog(dataDirectory: string, target: string): Promise<void> {
  const from = join(dataDirectory, 'pg_wal');
  const segments = (await readdir(from)).filter((name) =>
    /^[0-9A-F]{24}(\.partial)?$|^[0-9A-F]{8}\.history$/.test(name),
  );
  await mkdir(join(target, 'pg_wal'), { recursive: true, mode: 0o700 });
  await Promise.all(
    segments.map((name) => copyFile(join(from, name), join(target, 'pg_wal', name), constants.COPYFILE_FICLONE)),
  );
}
