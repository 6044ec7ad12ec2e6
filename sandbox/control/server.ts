import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import { InvalidInput } from '../../src/domain/errors.ts';
import { Events } from './events.ts';
import { refusalOf } from './loopback.ts';
import { serveRoutes } from './routes.ts';
import type { Stage } from './stage.ts';

export interface Control {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

export interface ControlOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Folder of the built page; absent: only the API is served. */
  page?: string;
}

/** Nothing from elsewhere, no inline script or style, no frame around it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Starts the page and the one API through which it and the prompt see and play the sandbox. Loopback only. Rejects with
 * the code EADDRINUSE when the port is taken.
 */
export async function startControl(stage: Stage, options: ControlOptions = {}): Promise<Control> {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  const events = new Events(stage);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const refusal = refusalOf(request.headers);
    if (refusal !== undefined) await reply.code(403).send({ error: refusal });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `There is no ${request.method} ${request.url.split('?')[0]} here.` }),
  );
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error instanceof InvalidInput ? 400 : (error.statusCode ?? 500);
    return reply.code(status).send({ error: error.message });
  });
  serveRoutes(app, stage);
  if (options.page !== undefined) await app.register(fastifyStatic, { root: options.page, cacheControl: false });
  app.server.on('upgrade', (request, socket, head) => events.upgrade(request, socket, head));
  try {
    const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
    return {
      url,
      async close() {
        events.close();
        await app.close();
      },
    };
  } catch (error) {
    events.close();
    await app.close();
    throw error;
  }
}
