import { z } from 'zod';
import type { SocketDelivery } from '../socket-delivery.ts';
import type { Channel, Person } from '../state.ts';
import type { Workspace } from '../workspace.ts';

/** One method of the Web API. */
export interface Method {
  token: 'bot' | 'app';
  /** The scope that a token needs, when it needs one. */
  scope?: string;
  /** Calls a minute that Slack's tier allows for this method: 1, 20, 50 or 100, or its special limit. */
  perMinute: number;
  mutating: boolean;
  run(call: MethodCall): Record<string, unknown>;
}

export interface MethodCall {
  workspace: Workspace;
  socket: SocketDelivery;
  args: Record<string, unknown>;
}

/** Slack says no: `{ ok: false, error }`, with the details that Slack gives. */
export class Refusal extends Error {
  readonly error: string;
  readonly details: Record<string, unknown>;

  constructor(error: string, details: Record<string, unknown> = {}) {
    super(error);
    this.error = error;
    this.details = details;
  }
}

/** A refusal that points at fields, in Slack's two forms. */
export function refuseFields(error: string, problems: string[]): Refusal {
  if (problems.length === 0) return new Refusal(error);
  const messages = problems.map((problem) => `[ERROR] ${problem}`);
  return new Refusal(error, { errors: problems, response_metadata: { messages } });
}

/** Reads a method's arguments; throws Slack's `invalid_arguments` when one is missing or of the wrong kind. */
export function read<T extends z.ZodType>(schema: T, args: Record<string, unknown>): z.infer<T> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? '');
    return args[field] === undefined
      ? `missing required field: ${field}`
      : `${issue.message} [json-pointer:/${issue.path.join('/')}]`;
  });
  throw refuseFields('invalid_arguments', problems);
}

/** A structure, as JSON text (form bodies) or as itself (JSON bodies). */
export const structure = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
});

export const flag = z.union([z.boolean(), z.string().transform((text) => text === 'true' || text === '1')]);

export const count = (fallback: number, most: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .default(fallback)
    .transform((value) => Math.min(value, most));

/** The channel of these arguments; Slack takes ids everywhere, and names where it posts. */
export function channelOf(workspace: Workspace, id: string): Channel {
  const channel = workspace.findChannel(id);
  if (!channel) throw new Refusal('channel_not_found');
  return channel;
}

export function personOf(workspace: Workspace, id: string): Person {
  const person = workspace.state.people.find((candidate) => candidate.id === id);
  if (!person) throw new Refusal('user_not_found');
  return person;
}
