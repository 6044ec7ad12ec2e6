import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen } from '../listen.ts';
import { reset } from '../reset.ts';
import type { Exchange } from './exchange.ts';

/** Bytes: a dump in S3 is the largest thing that is sent. */
const BODY_LIMIT = 32_000_000;

export interface WireRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  /** As UTF-8. */
  body: string;
  /** As it was sent. */
  bytes: Buffer;
}

export interface WireResponse {
  status: number;
  /** XML unless `headers` say otherwise. */
  body: string | Buffer;
  headers?: Record<string, string>;
  requestId: string;
}

export type Condition = 'up' | 'hang' | 'refuse';

/** A part of the service that answers by itself and fails by itself: a region, or Route 53's control plane. */
export interface Responder {
  /** `hang`: it is never answered, also what was under way when that began; `refuse`: the connection is reset. */
  condition(): Condition;
  /** Undefined when the answer never leaves. */
  answer(request: WireRequest, exchange: Exchange): Promise<WireResponse | undefined>;
}

export interface EndpointOptions {
  /** Who answers, told by a request's headers. */
  choose(headers: IncomingHttpHeaders): Responder;
  /** How the address itself behaves, before anything is sent; absent: it takes every connection. */
  condition?: () => Condition;
  /** A free port where none is given, or somebody else has it. */
  port?: number | undefined;
}

export interface Endpoint {
  url: string;
  port: number;
  /** To be called when a fault was switched: severs what is under way where nothing answers any more. */
  applyCondition(): void;
  close(): Promise<void>;
}

/** An HTTP server on a loopback port in front of one or several responders. */
export async function startEndpoint({ choose, condition = () => 'up', port }: EndpointOptions): Promise<Endpoint> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const exchanges = new Map<Exchange, { responder: Responder; socket: Socket }>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const responder = choose(request.headers);
    if (responder.condition() === 'refuse') reset(socket);
    if (responder.condition() !== 'up') return;
    const exchange: Exchange = { severed: false, reset: () => reset(socket), signal: closing.signal };
    exchanges.set(exchange, { responder, socket });
    try {
      const bytes = await readBody(request);
      if (bytes === undefined) return;
      const url = new URL(request.url ?? '/', 'http://endpoint');
      const { headers, method = 'GET' } = request;
      const answered = await responder.answer({ method, url, headers, body: bytes.toString('utf8'), bytes }, exchange);
      if (!answered || exchange.severed) return;
      const { status, requestId, headers: more, body: content } = answered;
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...more });
      response.end(content);
    } catch (error) {
      process.emitWarning(`A simulated AWS endpoint failed: ${String(error)}`);
      socket.destroy();
    } finally {
      exchanges.delete(exchange);
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  server.on('connection', (socket) => {
    if (condition() === 'refuse') {
      reset(socket);
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const given = await listen(server, port);

  return {
    url: `http://127.0.0.1:${given}`,
    port: given,
    applyCondition() {
      for (const [exchange, { responder, socket }] of exchanges) {
        const now = responder.condition();
        if (now !== 'up') exchange.severed = true;
        if (now === 'refuse') reset(socket);
      }
      if (condition() === 'refuse') for (const socket of sockets) reset(socket);
    },
    async close() {
      closing.abort(new Error('the endpoint closes'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Undefined when the client went away before it had sent everything, or sends more than any call needs. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > BODY_LIMIT) {
        request.socket.destroy();
        return undefined;
      }
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
