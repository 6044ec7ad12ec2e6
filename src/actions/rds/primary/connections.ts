import { z } from 'zod';
import { abortable, observationTimeout, within } from '../../../adapters/deadline.ts';
import { fieldsOf } from '../../../adapters/failure.ts';
import type { Clients } from '../../../adapters/index.ts';
import { type Endpoint, targetOf } from '../../../adapters/of-system.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import { describeError, errorCode, LifeboatError } from '../../../domain/errors.ts';

/** Connections that are tried side by side: one that is refused says little, half of them say "overloaded". */
const ATTEMPTS = 4;
/** Share of an observation's time that they get, so that their answer comes within it. */
const SHARE = 0.6;
/** PostgreSQL's codes for "no room for another session". */
const FULL = /^postgres\.53/;
/** What it says while it starts, recovers or is shut down. */
const BUSY = /^postgres\.57p/;
/** SQLSTATEs, which only a server sends; class 08 tells of the connection, and comes from this side too. */
const SQLSTATE = /^(?!08)(?=.*\d)[0-9A-Z]{5}$/;

const Row = z.tuple([z.object({ in_recovery: z.boolean(), sessions: z.int(), most: z.int(), up_seconds: z.number() })]);

const LOOK = `
  SELECT pg_is_in_recovery() AS in_recovery,
         (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS sessions,
         current_setting('max_connections')::int AS most,
         extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS up_seconds`;

/** What came of trying to work with a server from here. */
export interface Connections {
  tried: number;
  answered: number;
  /** Refused because it has no room for another session. */
  full: number;
  /** Refused because it starts, recovers or is being shut down. */
  busy: number;
  /** Refused by the server itself, for whatever reason: it lives. */
  refused: number;
  /** Of those that answered; undefined when none did. */
  role?: 'primary' | 'replica';
  sentence: string;
}

/** Connects some times side by side and asks one question each. Never throws but for the signal's reason. */
export async function tryConnections(
  clients: Clients,
  { system, clock, signal }: Pick<ObserveContext, 'system' | 'clock' | 'signal'>,
  endpoint: Endpoint | undefined,
): Promise<Connections> {
  if (!endpoint || endpoint.endpoint === '') {
    return {
      tried: 0,
      answered: 0,
      full: 0,
      busy: 0,
      refused: 0,
      sentence: 'Its address is not known here, so no connection was tried.',
    };
  }
  const deadline = within(SHARE * observationTimeout(clock), signal);
  const attempt = async () => {
    const work = clients.postgres.use(targetOf(clients, system, endpoint), deadline, (session) =>
      session.query(LOOK, [], deadline),
    );
    return Row.parse(await abortable(work, deadline))[0];
  };
  const results = await Promise.allSettled(Array.from({ length: ATTEMPTS }, attempt));
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures: unknown[] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const codes = failures.map(errorCode);
  const full = codes.filter((code) => FULL.test(code)).length;
  const busy = codes.filter((code) => BUSY.test(code)).length;
  const refused = failures.filter(isAnswer).length;
  const [answer] = answers;
  const failed = failures[0] === undefined ? '' : ` The others: ${sentenceOf(failures[0])}`;
  return {
    tried: ATTEMPTS,
    answered: answers.length,
    full,
    busy,
    refused,
    ...(answer ? { role: answer.in_recovery ? ('replica' as const) : ('primary' as const) } : {}),
    sentence: answer
      ? `${answers.length} of ${ATTEMPTS} connections from here were answered (${answer.sessions} of ${answer.most} sessions in use).${failed}`
      : `None of ${ATTEMPTS} connections from here was answered: ${sentenceOf(failures[0])}`,
  };
}

/** Whether a server sent this error: however it refuses, it lives. */
export function isAnswer(error: unknown): boolean {
  const { code } = fieldsOf(error instanceof LifeboatError ? error.cause : error);
  return typeof code === 'string' && SQLSTATE.test(code);
}

function sentenceOf(error: unknown): string {
  const text = describeError(error);
  return /timeout|aborted/i.test(text) && errorCode(error) === 'unexpected' ? 'no answer in time.' : text;
}
