import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import type { Authority } from '../authority.ts';
import type { World } from '../world/world.ts';
import { PagerDutyEvent, problemsOf } from './event.ts';
import { Incidents } from './incidents.ts';
import type { PagerDutyIncident } from './state.ts';

const LARGEST_EVENT = 512 * 1024;
/** Events a minute (machine time) that one integration takes. */
const EVENTS_A_MINUTE = 120;

/** What a fault makes of a call: answered with this status and nothing done, or never answered. */
export type PagerDutyFault = { status: number } | 'hang';

export interface PagerDutyOptions {
  authority: Authority;
  /** Routing keys (32 characters) that are known, and the service each belongs to. Absent: every key is known. */
  services?: Record<string, string>;
  port?: number;
}

export interface PagerDuty {
  /** `localhost:port`, for the `server` of @pagerduty/pdjs. */
  host: string;
  /** What is or was on the telephones, oldest first. */
  incidents(): PagerDutyIncident[];
  /** A person's answer on the telephone; throws for an unknown incident. */
  press(id: string, action: 'acknowledge' | 'resolve'): void;
  /** Faults of PagerDuty besides those of the world: asked before every call; `undefined` ends them. */
  interfere(hook: (() => PagerDutyFault | undefined) | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts the simulated Events API v2 over https on 127.0.0.1. Must be called before `world.start()`. Accepted is
 * not paged: the incident appears 1–5 world seconds after the 202.
 */
export async function startPagerDuty(world: World, options: PagerDutyOptions): Promise<PagerDuty> {
  const { services } = options;
  const knownKeys = services && new Set(Object.keys(services));
  const incidents = new Incidents(world, (key) => services?.[key] ?? 'PagerDuty');
  const recent = new Map<string, number[]>();
  let interfere: (() => PagerDutyFault | undefined) | undefined;

  const app = Fastify({
    https: await options.authority.issue(['localhost', '127.0.0.1']),
    bodyLimit: LARGEST_EVENT,
    forceCloseConnections: true,
  });
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    const message = status === 413 ? 'Event object is too large' : 'Event object is invalid';
    return reply.code(status).send({ status: 'invalid event', message, errors: [error.message] });
  });
  app.post('/v2/enqueue', async (request, reply) => {
    const startedAt = world.clock.now();
    const fault = world.isOn('pagerduty-down') ? 'hang' : interfere?.();
    if (fault === 'hang') return reply.hijack();
    const { status, body, operation, resource } = fault
      ? { status: fault.status, body: {}, operation: 'enqueue', resource: '' }
      : enqueue(request.body);
    const accepted = status === 202;
    world.recordCall(
      { service: 'pagerduty', operation, resource, mutating: true, status, ...(!accepted && { error: text(body) }) },
      startedAt,
    );
    return reply.code(status).send(body);
  });

  function enqueue(body: unknown) {
    const problems = problemsOf(body, knownKeys);
    const event = PagerDutyEvent.safeParse(body);
    if (problems.length > 0 || !event.success) {
      const errors = problems.length > 0 ? problems : ['Event object is invalid'];
      const refusal = { status: 'invalid event', message: 'Event object is invalid', errors };
      return { status: 400, body: refusal, operation: 'enqueue', resource: '' };
    }
    const { routing_key: key, event_action: operation, dedup_key } = event.data;
    const resource = dedup_key ?? randomUUID().replaceAll('-', '');
    const lastMinute = (recent.get(key) ?? []).filter((at) => at > Date.now() - 60_000);
    if (lastMinute.length >= EVENTS_A_MINUTE) {
      const message = 'Requests for this service are arriving too quickly.  Please retry later.';
      return { status: 429, body: { status: 'throttle exceeded', message }, operation, resource };
    }
    recent.set(key, [...lastMinute, Date.now()]);
    incidents.accept(event.data, resource);
    const answer = { status: 'success', message: 'Event processed', dedup_key: resource };
    return { status: 202, body: answer, operation, resource };
  }

  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    host: `localhost:${new URL(url).port}`,
    incidents: () => incidents.state.incidents,
    press: (id, action) => incidents.press(id, action),
    interfere(hook) {
      interfere = hook;
    },
    close: () => app.close(),
  };
}

function text(body: { status?: string; errors?: string[] }): string {
  return body.errors?.join('; ') ?? body.status ?? 'fault';
}
