import { z } from 'zod';

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
const SEVERITIES = ['critical', 'warning', 'error', 'info'] as const;
const ROUTING_KEY_LENGTH = 32;
const LONGEST_DEDUP_KEY = 255;
const LONGEST_SUMMARY = 1024;

/** An event of the Events API v2, as it is accepted. */
export const PagerDutyEvent = z.object({
  routing_key: z.string(),
  event_action: z.enum(ACTIONS),
  dedup_key: z.string().optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  payload: z
    .object({
      summary: z.string(),
      source: z.string(),
      severity: z.enum(SEVERITIES),
      custom_details: z.unknown().optional(),
    })
    .optional(),
});
export type PagerDutyEvent = z.infer<typeof PagerDutyEvent>;

/** The service's own list of what is wrong with an event; empty when it may be accepted. */
export function problemsOf(body: unknown, knownKeys: ReadonlySet<string> | undefined): string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return ['Event object is not a JSON object'];
  const event: Record<string, unknown> = { ...body };
  return [...routingKeyProblems(event.routing_key, knownKeys), ...actionProblems(event), ...dedupKeyProblems(event)];
}

function routingKeyProblems(key: unknown, knownKeys: ReadonlySet<string> | undefined): string[] {
  if (isBlank(key)) return ["'routing_key' is missing or blank"];
  if (typeof key !== 'string' || key.length !== ROUTING_KEY_LENGTH) {
    return ["Length of 'routing_key' is incorrect (should be 32 characters)"];
  }
  return knownKeys && !knownKeys.has(key) ? ['Invalid routing key'] : [];
}

function actionProblems(event: Record<string, unknown>): string[] {
  const { event_action: action, payload } = event;
  if (isBlank(action)) return ["'event_action' is missing or blank"];
  if (!ACTIONS.some((known) => known === action)) {
    return ["'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"];
  }
  return action === 'trigger' ? payloadProblems(payload) : [];
}

function payloadProblems(payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null) return ["'payload' is missing or blank"];
  const { summary, source, severity }: Record<string, unknown> = { ...payload };
  const problems: string[] = [];
  if (isBlank(summary)) problems.push("'payload.summary' is missing or blank");
  if (typeof summary === 'string' && summary.length > LONGEST_SUMMARY) {
    problems.push("'payload.summary' is too long (maximum is 1024 characters)");
  }
  if (isBlank(source)) problems.push("'payload.source' is missing or blank");
  if (isBlank(severity)) problems.push("'payload.severity' is missing or blank");
  else if (!SEVERITIES.some((known) => known === severity)) {
    problems.push(
      "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    );
  }
  return problems;
}

function dedupKeyProblems({ dedup_key: key, event_action: action }: Record<string, unknown>): string[] {
  if (isBlank(key)) return action === 'trigger' ? [] : ["'dedup_key' is missing or blank"];
  if (typeof key !== 'string') return ["'dedup_key' is not a string"];
  return key.length > LONGEST_DEDUP_KEY ? ["'dedup_key' is too long (maximum is 255 characters)"] : [];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
