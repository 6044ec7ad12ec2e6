import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFiles, copyLog, copyRunning, copyTree } from './copy-data.ts';
import type { Fleet, Member } from './member.ts';
import { dataDirectoryOf, handOver, removeFolder, writeSettings } from './servers.ts';

export interface RestoreOptions {
  /** Identifier and region of the new instance. */
  instance: string;
  region: string;
  /**
   * Go on from the copy by the write-ahead log of the server that was copied, up to this position (inclusive) or machine
   * time (epoch milliseconds) or, with `latest`, as far as there is any. Absent: the data as it was when the copy was
   * complete.
   */
  until?: { lsn: string } | { time: number } | 'latest';
}

/** Copies of data folders: what RDS calls snapshots and automated backups. */
export interface CopyStore {
  keep(member: Member, name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Lays the data of a copy ready in the folder `target`. */
  restore(name: string, target: string, options: Pick<RestoreOptions, 'until'>): Promise<void>;
}

export function createCopies({ state, directory, passwords, world }: Fleet): CopyStore {
  const copyOf = (name: string) => {
    const copy = state.copies[name];
    if (!copy) throw new Error(`The simulated world has no copy ${name} of a database.`);
    return copy;
  };
  const folderFor = (name: string) => `copy-${name.replace(/[^\w.-]/g, '-')}`;
  return {
    async keep(member, name) {
      if (state.copies[name]) throw new Error(`The simulated world has a copy ${name} of a database already.`);
      const folder = folderFor(name);
      const target = dataDirectoryOf(directory, folder);
      const origin = dataDirectoryOf(directory, member.state.folder);
      await removeFolder(join(directory, folder));
      if (member.server) await copyRunning(member.server, target, passwords);
      else await copyFiles(origin, target);
      await copyLog(origin, target);
      state.copies[name] = { folder, origin: member.state.folder, takenAt: world.clock.now() };
    },
    async remove(name) {
      const { folder } = copyOf(name);
      delete state.copies[name];
      await removeFolder(join(directory, folder));
    },
    async restore(name, folder, { until }) {
      const { folder: copied, origin } = copyOf(name);
      const target = dataDirectoryOf(directory, folder);
      await mkdir(join(directory, folder), { recursive: true });
      await copyTree(dataDirectoryOf(directory, copied), target);
      await rm(join(target, 'standby.signal'), { force: true });
      if (until !== undefined) {
        const log = dataDirectoryOf(directory, origin);
        if (!existsSync(log)) throw new Error(`The server that ${name} was copied from is gone, and its log with it.`);
        await copyLog(log, target);
        await writeFile(join(target, 'recovery.signal'), '');
      }
      await writeSettings(target, until === undefined ? '' : recoverySettings(until));
      await handOver(target);
    },
  };
}

/** The log lies in the folder itself, so there is nothing to fetch; `promote` ends recovery at the target. */
function recoverySettings(until: NonNullable<RestoreOptions['until']>): string {
  const target = until === 'latest' ? [] : [targetSetting(until), "recovery_target_action = 'promote'"];
  return [`restore_command = 'false'`, ...target, ''].join('\n');
}

function targetSetting(until: Exclude<NonNullable<RestoreOptions['until']>, 'latest'>): string {
  if ('lsn' in until) return `recovery_target_lsn = '${until.lsn}'`;
  // A zone by its name (`Z` is one) is not known yet when the settings are read.
  return `recovery_target_time = '${new Date(until.time).toISOString().replace('T', ' ').replace('Z', '+00')}'`;
}
