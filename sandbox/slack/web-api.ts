import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from '../world/world.ts';
import type { Interfere } from './interference.ts';
import { METHODS } from './methods/index.ts';
import { type Method, Refusal } from './methods/method.ts';
import { RateLimits } from './rate-limits.ts';
import type { SocketDelivery } from './socket-delivery.ts';
import type { Workspace } from './workspace.ts';

export interface WebApiOptions {
  world: World;
  workspace: Workspace;
  socket: SocketDelivery;
  tokens: { bot: string; app: string };
  /** Scopes granted to the bot's token; without them every scope is. */
  scopes?: string[];
  interfere: Interfere;
}

/** `POST /api/<method>` with a form or a JSON body, as the official clients send it. */
export function serveWebApi(app: FastifyInstance, options: WebApiOptions): void {
  const limits = new RateLimits();

  app.all<{ Params: { method: string } }>('/api/:method', async (request, reply) => {
    const startedAt = options.world.clock.now();
    const name = request.params.method;
    const args = argumentsOf(request);
    const interference = options.interfere({ method: name, args });
    if (interference?.kind === 'hang') return hang(reply);
    if (interference?.kind === 'status') {
      record(name, args, interference.status, startedAt, 'interference');
      if (interference.retryAfter !== undefined) reply.header('retry-after', String(interference.retryAfter));
      return reply
        .code(interference.status)
        .send(interference.status === 429 ? { ok: false, error: 'ratelimited' } : '');
    }
    if (interference?.kind === 'refuse') {
      const { error, messages } = interference;
      record(name, args, 200, startedAt, error);
      return reply.send({ ok: false, error, ...(messages && { response_metadata: { messages } }) });
    }
    const answer = call(name, args, token(request, args), reply);
    record(name, args, reply.statusCode, startedAt, answer.ok ? undefined : String(answer.error));
    if (interference?.kind === 'reset-after') {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    return reply.send(answer);
  });

  function call(
    name: string,
    args: Record<string, unknown>,
    given: string,
    reply: FastifyReply,
  ): { ok: boolean; error?: unknown } {
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) return { ok: false, error: 'unknown_method' };
    const denied = deny(method, given, reply);
    if (denied) return denied;
    const wait = limits.retryAfter(name, method, typeof args.channel === 'string' ? args.channel : undefined);
    if (wait > 0) {
      reply.code(429).header('retry-after', String(wait));
      return { ok: false, error: 'ratelimited' };
    }
    try {
      return { ok: true, ...method.run({ workspace: options.workspace, socket: options.socket, args }) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.error, ...error.details };
      throw error;
    }
  }

  function deny(method: Method, given: string, reply: FastifyReply): { ok: false; error: string } | undefined {
    if (given === '') return { ok: false, error: 'not_authed' };
    const { bot, app: appToken } = options.tokens;
    if (given !== bot && given !== appToken) return { ok: false, error: 'invalid_auth' };
    if ((method.token === 'app') !== (given === appToken)) return { ok: false, error: 'not_allowed_token_type' };
    if (method.token === 'app' || !options.scopes) return undefined;
    reply.header('x-oauth-scopes', options.scopes.join(','));
    if (method.scope === undefined || options.scopes.includes(method.scope)) return undefined;
    const details = { needed: method.scope, provided: options.scopes.join(',') };
    return { ok: false, error: 'missing_scope', ...details };
  }

  function record(
    name: string,
    args: Record<string, unknown>,
    status: number,
    startedAt: number,
    error?: string,
  ): void {
    const resource = typeof args.channel === 'string' ? args.channel : '';
    const mutating = METHODS[name]?.mutating ?? false;
    options.world.recordCall(
      { service: 'slack', operation: name, resource, mutating, status, ...(error !== undefined && { error }) },
      startedAt,
    );
  }
}

/** Keeps the connection open and says nothing. */
export function hang(reply: FastifyReply): void {
  reply.hijack();
}

function argumentsOf(request: FastifyRequest): Record<string, unknown> {
  const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
  return { ...(request.query as Record<string, unknown>), ...body };
}

function token(request: FastifyRequest, args: Record<string, unknown>): string {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? (typeof args.token === 'string' ? args.token : '');
}
