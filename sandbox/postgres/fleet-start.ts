import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../../src/domain/errors.ts';
import { databaseInstance } from '../world/database-address.ts';
import { sourcesFirst } from './fleet.ts';
import { Member } from './member.ts';
import type { RunningFleet } from './running-fleet.ts';
import { dataDirectoryOf, makePrimary, removeFolder } from './servers.ts';

/**
 * Starts all servers of a fleet, and opens the gates to them. With `reuse` each goes on with its folder: one without a
 * whole folder is made anew from its source, and all others stay as they are. Otherwise all is made anew.
 *
 * Throws InvalidInput, in a sentence, when the data of an instance is gone that nothing else has.
 */
export async function startFleet(fleet: RunningFleet, { reuse }: { reuse: boolean }): Promise<void> {
  const { state } = fleet;
  // Where no server has a folder, none was ever made.
  const goesOn = reuse && Object.keys(state.servers).some((name) => isWhole(fleet, name));
  if (goesOn) forgetWhatNeverWas(fleet);
  const names = sourcesFirst(state.servers);
  await removeOthers(fleet, goesOn);
  for (const name of names) fleet.members.set(name, new Member(fleet, name));
  const whole = goesOn ? names.filter((name) => isWhole(fleet, name)) : [];
  // Side by side where all is there; otherwise a replica is a copy of its source.
  await Promise.all(whole.map((name) => goOn(fleet, fleet.memberOf(name))));
  for (const name of names.filter((other) => !whole.includes(other))) await begin(fleet, fleet.memberOf(name));
  // A link leads nowhere before its source runs.
  fleet.applyAll();
  await Promise.all(names.map((name) => fleet.memberOf(name).open()));
  for (const alias of Object.keys(state.aliases)) await fleet.openAlias(alias);
  await fleet.applySynchrony();
}

/** Whether a server has a folder on which it can be started. */
function isWhole({ state, directory }: RunningFleet, name: string): boolean {
  const server = state.servers[name];
  if (!server || server.unfinished) return false;
  return existsSync(join(dataDirectoryOf(directory, server.folder), 'PG_VERSION'));
}

/** A server that was being made of a copy, or removed, when everything ended: whoever did that does it again. */
function forgetWhatNeverWas(fleet: RunningFleet): void {
  const { state, world } = fleet;
  for (const [name, { source, unfinished, folder }] of Object.entries(state.servers)) {
    if (source !== undefined || isWhole(fleet, name)) continue;
    const status = databaseInstance(world.state, name)?.status;
    if (!unfinished && status !== undefined && status !== 'deleting' && status !== 'creating') {
      const path = join(fleet.directory, folder);
      throw new InvalidInput(
        'sandbox.database-gone',
        `The data of ${name} is gone from ${path}, and no other server has it. npm start -- --new begins a new world.`,
      );
    }
    delete state.servers[name];
  }
}

/** Removes what lies in the folder of all servers and belongs to none that goes on. */
async function removeOthers({ state, directory }: RunningFleet, goesOn: boolean): Promise<void> {
  const kept = goesOn
    ? [...Object.values(state.servers), ...Object.values(state.copies)].map(({ folder }) => folder)
    : [];
  const others = (await readdir(directory)).filter((folder) => !kept.includes(folder));
  await Promise.all(others.map((folder) => removeFolder(join(directory, folder))));
}

async function begin(fleet: RunningFleet, member: Member): Promise<void> {
  const { folder, source, down = 'refuse' } = member.state;
  if (source === undefined) {
    const { directory, system, passwords, world } = fleet;
    member.adopt(await makePrimary(directory, folder, system, passwords, world.state.startedAt));
  } else if (fleet.member(source)?.server && down !== 'hang') {
    await fleet.startAsReplica(member, source);
  } else {
    // It is made when somebody starts it, and its source runs.
    Object.assign(member.state, { unfinished: true, down });
  }
}

async function goOn(fleet: RunningFleet, member: Member): Promise<void> {
  const { source, down } = member.state;
  member.waitsFor = undefined;
  if (source !== undefined) await fleet.pointAt(member);
  if (down === undefined) await member.start();
}
