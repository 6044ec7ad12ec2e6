import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WorkspaceChange } from '../slack/workspace.ts';
import type { Call, Fault } from '../world/state.ts';
import { refusalOf } from './loopback.ts';
import { clockOf, pagesOf, pictureOf, snapshot } from './snapshot.ts';
import type { ControlParts, Stage } from './stage.ts';
import type { ControlEvent, Mark, WriteBucket } from './wire.ts';

/** How often the picture of the world is sent (machine milliseconds): it changes with every write of the client. */
const PICTURE_EVERY = 500;
/** Calls that are made within so many machine milliseconds are told together. */
const CALLS_TOGETHER = 50;

/** Tells each connected watcher a snapshot, from then on every change, and after a reset a snapshot or why there is none. */
export class Events {
  readonly #stage: Stage;
  readonly #server = new WebSocketServer({ noServer: true });
  /** Connections that have got their first snapshot. */
  readonly #watchers = new Set<WebSocket>();
  #watching: Watching | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.on('resetting', this.#onResetting);
    stage.on('ready', this.#onReady);
    stage.on('failed', this.#onFailed);
    this.#watch();
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
      connection.on('close', () => this.#watchers.delete(connection));
      // What the others are about to be told is in this one's snapshot.
      this.#watching?.tellCalls();
      send(connection, this.#whole());
      this.#watchers.add(connection);
    });
  }

  close(): void {
    this.#stage.off('resetting', this.#onResetting);
    this.#stage.off('ready', this.#onReady);
    this.#stage.off('failed', this.#onFailed);
    this.#watching?.stop();
    for (const connection of this.#server.clients) connection.terminate();
    this.#server.close();
  }

  readonly #onResetting = (): void => {
    this.#watching?.stop();
    this.#watching = undefined;
    this.#tell({ type: 'resetting' });
  };

  readonly #onReady = (): void => {
    this.#watch();
    this.#tell(this.#whole());
  };

  readonly #onFailed = (): void => this.#tell(this.#whole());

  /** All that somebody must know who knows nothing yet. */
  #whole(): ControlEvent {
    const current = this.#stage.current();
    if (current) return { type: 'snapshot', snapshot: snapshot(current, this.#stage) };
    const failure = this.#stage.failure();
    return failure ? { type: 'reset-failed', failure } : { type: 'resetting' };
  }

  #watch(): void {
    const current = this.#stage.current();
    if (current) {
      this.#watching = watch(
        current,
        (event) => this.#tell(event),
        () => this.#watchers.size > 0,
      );
    }
  }

  #tell(event: ControlEvent): void {
    for (const connection of this.#watchers) send(connection, event);
  }
}

interface Watching {
  /** Tells at once what waits to be told together. */
  tellCalls(): void;
  stop(): void;
}

/** Follows one sandbox until it is told to stop. */
function watch(parts: ControlParts, tell: (event: ControlEvent) => void, isWatched: () => boolean): Watching {
  const { world, slack, measurements, botKeeper } = parts;
  let pages = JSON.stringify(pagesOf(parts));
  let calls: Call[] = [];
  const waiting = new WeakSet(world.state.faults.filter(({ waits }) => waits));
  let callsTimer: NodeJS.Timeout | undefined;

  const onFault = ({ fault, on }: { fault: Fault; on: boolean }) => tell({ type: 'fault', fault, on });
  const tellCalls = () => {
    clearTimeout(callsTimer);
    callsTimer = undefined;
    if (calls.length > 0) tell({ type: 'calls', calls });
    calls = [];
  };
  const onCall = (call: Call) => {
    calls.push(call);
    callsTimer ??= setTimeout(tellCalls, CALLS_TOGETHER);
  };
  const onSlack = (change: WorkspaceChange) => tell({ type: 'slack', change });
  const onChanged = () => {
    for (const fault of world.state.faults) {
      if (waiting.has(fault) === (fault.waits === true)) continue;
      if (fault.waits) waiting.add(fault);
      else waiting.delete(fault);
      onFault({ fault, on: true });
    }
    const now = pagesOf(parts);
    const text = JSON.stringify(now);
    if (text === pages) return;
    pages = text;
    tell({ type: 'pages', pages: now });
  };
  const onSpeed = () => tell({ type: 'clock', clock: clockOf(parts) });
  const onWrites = (buckets: WriteBucket[]) => tell({ type: 'writes', buckets });
  const onMarks = (marks: Mark[]) => tell({ type: 'marks', marks });
  const onOutage = () => {
    const outage = botKeeper.outage();
    tell({ type: 'bot', ...(outage !== undefined && { outage }) });
  };

  world.on('fault', onFault);
  world.on('call', onCall);
  world.on('changed', onChanged);
  world.on('speed', onSpeed);
  slack.workspace.on('change', onSlack);
  measurements.on('writes', onWrites);
  measurements.on('marks', onMarks);
  botKeeper.on('outage', onOutage);
  // Much of the picture changes by the passing of time alone: a record takes effect, a pod becomes ready.
  const pictures = setInterval(() => {
    if (!isWatched()) return;
    const recovery = measurements.recovery();
    tell({ type: 'world', clock: clockOf(parts), picture: pictureOf(parts), ...(recovery && { recovery }) });
  }, PICTURE_EVERY);
  pictures.unref();

  return {
    tellCalls,
    stop() {
      clearInterval(pictures);
      clearTimeout(callsTimer);
      world.off('fault', onFault);
      world.off('call', onCall);
      world.off('changed', onChanged);
      world.off('speed', onSpeed);
      slack.workspace.off('change', onSlack);
      measurements.off('writes', onWrites);
      measurements.off('marks', onMarks);
      botKeeper.off('outage', onOutage);
    },
  };
}

function send(connection: WebSocket, event: ControlEvent): void {
  connection.send(JSON.stringify(event));
}
