import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../listen.ts';
import { reset } from '../reset.ts';
import type { Condition } from '../world/condition.ts';
import { FEW, slowly, turnAway } from './overload.ts';

/** Carries bytes from one socket to another until it is told to stop; what it still holds then is lost. */
export type Carrier = (from: Socket, to: Socket) => { stop(): void };

/** The only way to a server: a TCP address of its own on 127.0.0.1 that can be broken as a network is. */
export interface Gate {
  port: number;
  /** Switches the condition. Connections that hung are cut when the hanging ends. */
  apply(condition: Condition): void;
  /** Leads new connections to this port; those that are open stay where they are. */
  retarget(serverPort: number): void;
  /** Cuts what is open. */
  cut(): void;
  close(): Promise<void>;
}

interface Connection {
  client: Socket;
  server: Socket | undefined;
  carriers: { stop(): void }[];
}

/**
 * Opens a gate to `serverPort`: on `port`, or on a free one where none is wanted or somebody else has it. `toClient`
 * carries what the server says (default: at once).
 */
export async function openGate(options: {
  port?: number;
  serverPort: number;
  condition: Condition;
  toClient?: Carrier;
  /** Whether the server is at its limit now: it takes few connections, and answers late. */
  overloaded?: () => boolean;
}): Promise<Gate> {
  const { toClient = atOnce, overloaded = () => false } = options;
  const connections = new Set<Connection>();
  let { condition, serverPort } = options;

  const listener = createServer({ pauseOnConnect: true }, (client) => {
    // A broken connection is the ordinary case here; whoever uses it sees it on their own side.
    client.on('error', () => undefined);
    if (condition === 'refuse') {
      reset(client);
      return;
    }
    const connection: Connection = { client, server: undefined, carriers: [] };
    connections.add(connection);
    client.once('close', () => partGone(connection));
    if (condition === 'up') join(connection);
  });

  function join(connection: Connection): void {
    const { client } = connection;
    const late = overloaded();
    if (late && [...connections].filter((other) => other.server).length >= FEW) {
      connections.delete(connection);
      turnAway(client);
      return;
    }
    const server = connect({ port: serverPort, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    server.on('error', () => undefined);
    server.once('close', () => partGone(connection));
    connection.server = server;
    connection.carriers = [atOnce(client, server), (late ? slowly : toClient)(server, client)];
  }

  /** Beyond a region that hangs, nobody learns that the other side has gone. */
  function partGone(connection: Connection): void {
    if (condition !== 'hang') cut(connection);
  }

  function cut(connection: Connection): void {
    for (const carrier of connection.carriers) carrier.stop();
    connections.delete(connection);
    connection.server?.destroy();
    reset(connection.client);
  }

  function freeze({ client, server, carriers }: Connection): void {
    for (const carrier of carriers) carrier.stop();
    client.pause();
    server?.pause();
  }

  const port = await listen(listener, options.port);
  return {
    port,
    apply(next) {
      if (next === condition) return;
      condition = next;
      for (const connection of connections) {
        if (next === 'hang') freeze(connection);
        else cut(connection);
      }
    },
    retarget(next) {
      serverPort = next;
    },
    cut() {
      for (const connection of connections) cut(connection);
    },
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const connection of connections) cut(connection);
      await closed;
    },
  };
}

function atOnce(from: Socket, to: Socket): { stop(): void } {
  from.pipe(to);
  return { stop: () => from.unpipe(to) };
}
