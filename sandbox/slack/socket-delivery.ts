import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { APP } from './app.ts';
import { ACKNOWLEDGE_WITHIN, type Delivery, type DeliveryResult, type EnvelopeType } from './delivery.ts';

const MOST_CONNECTIONS = 10;
/** A ticket from apps.connections.open is good for one connection, for this long (machine milliseconds). */
const TICKET_VALID = 30_000;
/** Slack pings its clients; the official client gives up after 30 s without. */
const PING_EVERY = 10_000;

const Acknowledgement = z.object({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });

interface Waiting {
  connection: WebSocket;
  settle: (result: DeliveryResult) => void;
}

/**
 * Socket Mode: up to ten WebSocket connections, each payload goes to one of them (in turn), and is acknowledged by
 * its envelope id within `acknowledgeWithin` machine milliseconds (Slack's three seconds). A payload that nobody
 * acknowledged is not sent again.
 */
export class SocketDelivery implements Delivery {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Map<string, number>();
  readonly #connections: WebSocket[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #pinger: NodeJS.Timeout;
  readonly #acknowledgeWithin: number;
  #turn = 0;

  constructor(acknowledgeWithin = ACKNOWLEDGE_WITHIN) {
    this.#acknowledgeWithin = acknowledgeWithin;
    this.#pinger = setInterval(() => {
      for (const connection of this.#connections) connection.ping();
    }, PING_EVERY);
    this.#pinger.unref();
  }

  get connections(): number {
    return this.#connections.length;
  }

  /** A ticket for one connection; part of the URL that apps.connections.open answers. */
  ticket(): string {
    const ticket = randomUUID();
    this.#tickets.set(ticket, Date.now() + TICKET_VALID);
    return ticket;
  }

  /** Takes over an HTTP upgrade to `/link/?ticket=…`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const ticket = url.searchParams.get('ticket') ?? '';
    const validUntil = this.#tickets.get(ticket) ?? 0;
    this.#tickets.delete(ticket);
    if (url.pathname !== '/link/' || validUntil < Date.now()) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => this.#accept(connection));
  }

  async deliver(type: EnvelopeType, payload: Record<string, unknown>): Promise<DeliveryResult> {
    const connection = this.#next();
    if (!connection) return { acknowledged: false, error: 'dispatch_failed' };
    const envelope = { envelope_id: randomUUID(), type, accepts_response_payload: true, payload };
    return new Promise((resolve) => {
      const late = () => settle({ acknowledged: false, error: 'operation_timeout' });
      const timer = setTimeout(late, this.#acknowledgeWithin);
      const settle = (result: DeliveryResult) => {
        clearTimeout(timer);
        this.#waiting.delete(envelope.envelope_id);
        resolve(result);
      };
      this.#waiting.set(envelope.envelope_id, { connection, settle });
      connection.send(JSON.stringify(envelope));
    });
  }

  /** Asks every client to connect anew, as Slack does every few hours when it recycles its hosts. */
  refresh(): void {
    for (const connection of this.#connections) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: HOST }));
    }
  }

  /** Closes every connection; resolves when the clients have agreed, or did not within a moment. */
  async close(): Promise<void> {
    clearInterval(this.#pinger);
    for (const { settle } of [...this.#waiting.values()]) settle({ acknowledged: false, error: 'dispatch_failed' });
    await Promise.all(this.#connections.map(farewell));
    this.#server.close();
  }

  #accept(connection: WebSocket): void {
    if (this.#connections.length >= MOST_CONNECTIONS) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: HOST }));
      connection.close();
      return;
    }
    this.#connections.push(connection);
    connection.on('message', (data) => this.#acknowledge(Buffer.isBuffer(data) ? data.toString('utf8') : ''));
    connection.on('error', () => connection.terminate());
    connection.on('close', () => this.#forget(connection));
    const hello = {
      type: 'hello',
      num_connections: this.#connections.length,
      debug_info: { ...HOST, approximate_connection_time: 18_060 },
      connection_info: { app_id: APP.id },
    };
    connection.send(JSON.stringify(hello));
  }

  #acknowledge(text: string): void {
    const message = Acknowledgement.safeParse(parse(text));
    if (!message.success) return;
    const { envelope_id, payload } = message.data;
    this.#waiting.get(envelope_id)?.settle({ acknowledged: true, body: payload ?? {} });
  }

  #forget(connection: WebSocket): void {
    const index = this.#connections.indexOf(connection);
    if (index >= 0) this.#connections.splice(index, 1);
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.connection === connection) waiting.settle({ acknowledged: false, error: 'dispatch_failed' });
    }
  }

  #next(): WebSocket | undefined {
    const open = this.#connections.filter((connection) => connection.readyState === connection.OPEN);
    this.#turn += 1;
    return open[this.#turn % Math.max(1, open.length)];
  }
}

const FAREWELL_WITHIN = 500;

async function farewell(connection: WebSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => connection.terminate(), FAREWELL_WITHIN);
    connection.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    connection.close(1001);
  });
}

const HOST = { host: 'applink-sandbox', build_number: 1 };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
