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

/** Starts the one API through which the page and the prompt see and play the sandbox. Loopback only. */
export async function startControl(stage: Stage, options: { port?: number } = {}): Promise<Control> {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  const events = new Events(stage);
  app.addHook('onRequest', async (request, reply) => {
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
  app.server.on('upgrade', (request, socket, head) => events.upgrade(request, socket, head));
  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    async close() {
      events.close();
      await app.close();
    },
  };
}
