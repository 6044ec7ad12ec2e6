import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WorkspaceChange } from '../slack/workspace.ts';
import type { Call, Fault } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { refusalOf } from './loopback.ts';
import { type ControlEvent, type ControlParts, clockOf, pagesOf, pictureOf, snapshot } from './snapshot.ts';

/** How often the picture of the world is sent (machine milliseconds): it changes with every write of the client. */
const PICTURE_EVERY = 1000;

/** Tells each connected watcher a snapshot, and from then on every change. */
export class Events {
  readonly #world: World;
  readonly #parts: ControlParts;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #timer: NodeJS.Timeout;
  #pages = '';

  constructor(world: World, parts: ControlParts) {
    this.#world = world;
    this.#parts = parts;
    world.on('fault', this.#onFault);
    world.on('call', this.#onCall);
    world.on('changed', this.#onChanged);
    parts.slack.workspace.on('change', this.#onSlack);
    this.#timer = setInterval(() => {
      if (this.#server.clients.size > 0) {
        this.#tell({ type: 'world', clock: clockOf(world), picture: pictureOf(world, parts) });
      }
    }, PICTURE_EVERY);
    this.#timer.unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const refusal = path === '/events' ? refusalOf(request.headers) : 'There is nothing here.';
    if (refusal !== undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => connection.terminate());
      send(connection, { type: 'snapshot', snapshot: snapshot(this.#world, this.#parts) });
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#world.off('fault', this.#onFault);
    this.#world.off('call', this.#onCall);
    this.#world.off('changed', this.#onChanged);
    this.#parts.slack.workspace.off('change', this.#onSlack);
    for (const connection of this.#server.clients) connection.terminate();
    this.#server.close();
  }

  readonly #onFault = ({ fault, on }: { fault: Fault; on: boolean }): void => this.#tell({ type: 'fault', fault, on });
  readonly #onCall = (call: Call): void => this.#tell({ type: 'call', call });
  readonly #onSlack = (change: WorkspaceChange): void => this.#tell({ type: 'slack', change });
  readonly #onChanged = (): void => {
    const pages = pagesOf(this.#parts);
    const text = JSON.stringify(pages);
    if (text === this.#pages) return;
    this.#pages = text;
    this.#tell({ type: 'pages', pages });
  };

  #tell(event: ControlEvent): void {
    for (const connection of this.#server.clients) send(connection, event);
  }
}

function send(connection: WebSocket, event: ControlEvent): void {
  connection.send(JSON.stringify(event));
}
