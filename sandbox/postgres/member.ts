import pg from 'pg';
import { stopServer } from '../../src/store/embedded/server.ts';
import { type Condition, pathCondition, worse } from '../world/condition.ts';
import type { FaultName } from '../world/state.ts';
import type { World } from '../world/world.ts';
import type { FleetState, ServerState } from './fleet.ts';
import { type Front, openFront, type Reached } from './front.ts';
import { type Gate, openGate } from './gate.ts';
import { createLateLine, type LateLine } from './late-line.ts';
import { type Passwords, SUPERUSER } from './roles.ts';
import { type DatabaseServer, runServer } from './servers.ts';

/** What all servers of one world share. */
export interface Fleet {
  world: World;
  state: FleetState;
  directory: string;
  database: string;
  passwords: Passwords;
  /** The server of an instance; undefined where there is none. */
  member(instance: string): Member | undefined;
  /** Lets every gate and link behave as faults and servers now say. */
  applyAll(): void;
}

/** One server of the fleet: its process, the gate that clients come through, and the link that it streams over. */
export class Member {
  instance: string;
  /** Standbys that this server waits for; undefined: what its folder says. */
  waitsFor: string | undefined = '';
  readonly #fleet: Fleet;
  #server: DatabaseServer | undefined;
  #front: Front | undefined;
  #link: { gate: Gate; line: LateLine } | undefined;
  #pool: pg.Pool | undefined;

  constructor(fleet: Fleet, instance: string) {
    this.#fleet = fleet;
    this.instance = instance;
  }

  get state(): ServerState {
    const state = this.#fleet.state.servers[this.instance];
    if (!state) throw new Error(`The simulated world has no database instance ${this.instance}.`);
    return state;
  }

  /** Undefined while it does not run. */
  get server(): DatabaseServer | undefined {
    return this.#server;
  }

  /** The running server. Throws while it does not run. */
  running(): DatabaseServer {
    if (!this.#server) throw new Error(`The server of ${this.instance} does not run.`);
    return this.#server;
  }

  /** Port of the gate, from when it is open. */
  get port(): number {
    if (!this.#front) throw new Error(`The gate of ${this.instance} is not open.`);
    return this.#front.port;
  }

  /** Port of the gate; undefined while it is not open. */
  get openPort(): number | undefined {
    return this.#front?.port;
  }

  /** Opens the gates, the outer one on the port that belongs to the instance's name. */
  async open(): Promise<void> {
    this.#front = await openFront(this.#fleet.state, this.instance, () => this.reached());
  }

  /** Closes the gates: nobody listens there any more. */
  async shut(): Promise<void> {
    const front = this.#front;
    this.#front = undefined;
    await front?.close();
  }

  /** Opens the way to the server that this one streams from, and gives its port. */
  async openLink(): Promise<number> {
    if (this.#link) return this.#link.gate.port;
    const { world } = this.#fleet;
    const delaySeconds = () =>
      this.state.synchronous ? 0 : (world.state.faults.find(({ name }) => name === 'replica-lag')?.seconds ?? 0);
    const line = createLateLine(world.clock, delaySeconds);
    const gate = await openGate({
      serverPort: this.#sourcePort(),
      condition: this.linkCondition(),
      toClient: line.carry,
    });
    this.#link = { gate, line };
    return gate.port;
  }

  async closeLink(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.gate.close();
  }

  /** Starts the process on its folder, and leads clients and followers to it. */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#server = await runServer(this.#fleet.directory, this.state.folder);
    delete this.state.down;
    this.apply();
  }

  /** Takes a server that was started elsewhere for this instance's. */
  adopt(server: DatabaseServer): void {
    this.#server = server;
  }

  /** Ends the process; `down` is what clients meet until it is started again. */
  async stop(down: NonNullable<ServerState['down']>, mode: 'fast' | 'immediate'): Promise<void> {
    const server = this.#server;
    this.state.down = down;
    this.#server = undefined;
    // First the gates, since beyond a host that is gone nobody learns that it is; and the links, since a shutdown in
    // order waits for every standby that is still connected.
    this.#fleet.applyAll();
    const pool = this.#pool;
    this.#pool = undefined;
    if (server) await stopServer(server.dataDirectory, mode);
    await pool?.end();
  }

  /** Behaves from now on as faults and links say. */
  apply(): void {
    this.#front?.apply();
    if (!this.#link) return;
    this.#link.gate.retarget(this.#sourcePort());
    this.#link.gate.apply(this.linkCondition());
    this.#link.line.wake();
  }

  /** Streams from another server from now on; what was under way from the old one never arrives. */
  follow(): void {
    this.apply();
    this.#link?.gate.cut();
  }

  /** How the way to the source behaves. */
  linkCondition(): Condition {
    const { region, source: name } = this.state;
    const source = name === undefined ? undefined : this.#fleet.member(name);
    if (!source?.server || this.#has('broken-replica')) return 'refuse';
    return pathCondition(this.#fleet.world.state, region, source.state.region);
  }

  /** Lets this server acknowledge a write only when one of these standbys (as PostgreSQL writes the list) has it. */
  async waitFor(standbys: string): Promise<void> {
    const list = standbys === '' ? '' : `ANY 1 (${standbys})`;
    await this.pool().query(`ALTER SYSTEM SET synchronous_standby_names = ${pg.escapeLiteral(list)}`);
    await this.pool().query('SELECT pg_reload_conf()');
    this.waitsFor = standbys;
  }

  /** World seconds that the oldest change under way to this server has been held; 0 when none is. */
  lagSeconds(): number {
    return this.#link?.line.heldSeconds() ?? 0;
  }

  /** Superuser's sessions, past the gate. */
  pool(): pg.Pool {
    if (this.#pool) return this.#pool;
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port: this.running().port,
      user: SUPERUSER,
      password: this.#fleet.passwords.superuser,
      database: this.#fleet.database,
      max: 3,
      // A database in which somebody has a session cannot be renamed, and after that its sessions are still in the old one.
      idleTimeoutMillis: 50,
    });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => void client.on('error', () => undefined));
    this.#pool = pool;
    return pool;
  }

  /** Ends everything of it; its folder stays. */
  async close(): Promise<void> {
    await this.#pool?.end();
    this.#pool = undefined;
    await this.shut();
    if (this.#server) await stopServer(this.#server.dataDirectory, 'immediate');
    this.#server = undefined;
    await this.closeLink();
  }

  /** How the server is reached now. */
  reached(): Reached {
    const { sealed, down = sealed ? 'refuse' : 'up', region } = this.state;
    const { world } = this.#fleet;
    return {
      serverPort: this.#server?.port ?? 0,
      outside: worse(down, pathCondition(world.state, undefined, region)),
      inside: worse(down, pathCondition(world.state, region, region)),
      overloaded: this.#has('database-overloaded'),
    };
  }

  #has(fault: FaultName): boolean {
    return this.#fleet.world.state.faults.some(({ name, target }) => name === fault && target === this.instance);
  }

  #sourcePort(): number {
    const { source } = this.state;
    return (source === undefined ? undefined : this.#fleet.member(source)?.server?.port) ?? 0;
  }
}
