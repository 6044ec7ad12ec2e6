export interface ServiceRequest {
  method: string;
  path: string;
  body: string;
  /** The `authorization` header; absent where none was sent. */
  authorization?: string | undefined;
}

export interface ServiceAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
  /** Why it is not available, in two or three words. */
  reason?: string;
}

/** Where the product's service answers. */
export const PATHS = ['/ready', '/health', '/messages', '/auth/login'];

export const NO_READY_PODS = 'a deployment has no ready pod';
export const NOT_WRITABLE = 'database not writable';
export const NOT_READABLE = 'database not readable';

/** A JSON answer. */
export function json(status: number, content: object, headers: Record<string, string> = {}): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${JSON.stringify(content)}\n` };
}

/** The JSON object in a request's body; undefined when it is none. */
export function objectIn(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** What an error says, in one line. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
