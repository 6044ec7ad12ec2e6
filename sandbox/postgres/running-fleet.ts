import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../../src/domain/system.ts';
import type { World } from '../world/world.ts';
import type { FleetState, ServerState } from './fleet.ts';
import { type Front, openFront, type Reached } from './front.ts';
import { type Fleet, Member } from './member.ts';
import type { Passwords } from './roles.ts';
import { copyForStandby, pointAtLink, removeFolder } from './servers.ts';

/** The servers of one world, the names that lead to them, and what keeps them in step. */
export class RunningFleet implements Fleet {
  readonly world: World;
  readonly state: FleetState;
  readonly directory: string;
  readonly system: System;
  readonly passwords: Passwords;
  readonly members = new Map<string, Member>();
  readonly aliases = new Map<string, Front>();

  constructor(options: Pick<RunningFleet, 'world' | 'state' | 'directory' | 'system' | 'passwords'>) {
    this.world = options.world;
    this.state = options.state;
    this.directory = options.directory;
    this.system = options.system;
    this.passwords = options.passwords;
  }

  get database(): string {
    return this.system.database.name;
  }

  member(instance: string): Member | undefined {
    return this.members.get(instance);
  }

  /** Throws, in a sentence, where there is no such instance. */
  memberOf(instance: string): Member {
    const member = this.members.get(instance);
    if (!member) throw new Error(`The simulated world has no database instance ${instance}.`);
    return member;
  }

  /** Throws, in a sentence, where the identifier is taken. */
  assertFree(instance: string): void {
    if (this.members.has(instance)) {
      throw new Error(`The simulated world has a database instance ${instance} already.`);
    }
  }

  applyAll(): void {
    for (const member of this.members.values()) member.apply();
    for (const front of this.aliases.values()) front.apply();
  }

  /** Lets each source wait for its synchronous replicas, as long as they receive: a dead one holds up nobody. */
  async applySynchrony(): Promise<void> {
    const all = [...this.members.values()];
    for (const member of all) {
      if (!member.server || member.state.source !== undefined) continue;
      const waited = all.filter(
        (other) =>
          other.state.source === member.instance &&
          other.state.synchronous &&
          other.server &&
          other.linkCondition() === 'up',
      );
      const names = waited.map(({ state: { folder } }) => `"${folder}"`).join(', ');
      if (names !== member.waitsFor) await member.waitFor(names);
    }
  }

  /**
   * Adds a server that `make` lays ready and starts, and opens its gates. Where that fails nothing of it is left, so its
   * name is free again; a kill in between leaves a server that is marked as unfinished.
   */
  async add(
    instance: string,
    { region, ...rest }: Omit<ServerState, 'folder' | 'unfinished'>,
    make: (member: Member) => Promise<void>,
  ): Promise<Member> {
    this.assertFree(instance);
    this.state.servers[instance] = { folder: this.#freeFolder(instance), region, ...rest, unfinished: true };
    const member = new Member(this, instance);
    this.members.set(instance, member);
    try {
      await make(member);
      await member.open();
    } catch (error) {
      await this.discard(member);
      throw error;
    }
    delete member.state.unfinished;
    return member;
  }

  /** Ends a server and removes what it had. */
  async discard(member: Member): Promise<void> {
    const folder = join(this.directory, member.state.folder);
    await member.close();
    this.members.delete(member.instance);
    delete this.state.servers[member.instance];
    this.applyAll();
    await removeFolder(folder);
  }

  /** Copies the source, which must run, into the folder of `member`, and starts it as a replica of it. */
  async startAsReplica(member: Member, source: string): Promise<void> {
    const running = this.memberOf(source).running();
    member.state.unfinished = true;
    await copyForStandby(running, this.directory, member.state.folder, this.passwords);
    await this.pointAt(member);
    await member.start();
    delete member.state.unfinished;
  }

  /** Points the folder of a replica at its link. */
  async pointAt(member: Member): Promise<void> {
    await pointAtLink(this.directory, member.state.folder, await member.openLink(), this.passwords);
    member.waitsFor = '';
  }

  async openAlias(alias: string): Promise<Front> {
    const nobody: Reached = { serverPort: 0, outside: 'refuse', inside: 'refuse', overloaded: false };
    const reached = () => this.members.get(this.state.aliases[alias] ?? '')?.reached() ?? nobody;
    const front = await openFront(this.state, alias, reached);
    this.aliases.set(alias, front);
    return front;
  }

  /** A folder that no server and no copy has, now or before: the first of a name has that name. */
  #freeFolder(instance: string): string {
    for (let number = 1; ; number += 1) {
      const folder = number === 1 ? instance : `${instance}-${number}`;
      const taken = Object.values(this.state.servers).some((server) => server.folder === folder);
      if (!taken && !existsSync(join(this.directory, folder))) return folder;
    }
  }
}
