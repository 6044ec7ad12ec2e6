import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Exchange } from './exchange.ts';

const BODY_LIMIT = 1_000_000;

export interface WireRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WireResponse {
  status: number;
  body: string;
  requestId: string;
}

export type Condition = 'up' | 'hang' | 'refuse';

export interface Endpoint {
  url: string;
  /** To be called when a fault was switched: severs what is under way if the addresses no longer answer. */
  applyCondition(): void;
  close(): Promise<void>;
}

/**
 * An HTTP server on a free loopback port whose addresses behave as `condition` says: `hang` accepts and never
 * answers, also what was under way when it began; `refuse` resets at once. `answer` returns undefined when the
 * answer never leaves.
 */
export async function startEndpoint(
  condition: () => Condition,
  answer: (request: WireRequest, exchange: Exchange) => Promise<WireResponse | undefined>,
): Promise<Endpoint> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const exchanges = new Set<Exchange>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (condition() === 'refuse') request.socket.resetAndDestroy();
    if (condition() !== 'up') return;
    const exchange: Exchange = { severed: false, signal: closing.signal };
    exchanges.add(exchange);
    try {
      const body = await readBody(request);
      if (body === undefined) return;
      const url = new URL(request.url ?? '/', 'http://endpoint');
      const answered = await answer({ method: request.method ?? 'GET', url, headers: request.headers, body }, exchange);
      if (!answered || exchange.severed) return;
      response.writeHead(answered.status, { 'content-type': 'text/xml', 'x-amzn-requestid': answered.requestId });
      response.end(answered.body);
    } catch (error) {
      process.emitWarning(`A simulated AWS endpoint failed: ${String(error)}`);
      request.socket.destroy();
    } finally {
      exchanges.delete(exchange);
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  server.on('connection', (socket) => {
    if (condition() === 'refuse') {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    applyCondition() {
      const now = condition();
      if (now === 'up') return;
      for (const exchange of exchanges) exchange.severed = true;
      if (now === 'refuse') for (const socket of sockets) socket.resetAndDestroy();
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
async function readBody(request: IncomingMessage): Promise<string | undefined> {
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
  return Buffer.concat(chunks).toString('utf8');
}
