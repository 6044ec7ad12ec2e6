import { randomInt } from 'node:crypto';
import { describe, json, NOT_READABLE, NOT_WRITABLE, objectIn, type ServiceAnswer } from './answer.ts';
import type { Ask } from './sign-in.ts';

/** SQLSTATE of a row whose number is already there. */
const UNIQUE_VIOLATION = '23505';
const NEWEST = 'SELECT id::text, written_at FROM messages ORDER BY written_at DESC, id DESC LIMIT 20';

/** `GET /messages`: the newest ones; 503 without a database. */
export async function readMessages(ask: Ask): Promise<ServiceAnswer> {
  try {
    const rows = await ask(NEWEST);
    return json(200, { messages: rows.map(({ id, written_at }) => ({ id: Number(id), writtenAt: written_at })) });
  } catch (error) {
    return { ...json(503, { error: describe(error) }), reason: NOT_READABLE };
  }
}

/**
 * `POST /messages`: 201 once the row is committed, 409 for a number that is there already, 503 when the database does not
 * take it. A message with a text and no number gets one, below those that clients count up from 1 and those of the seeds.
 */
export async function writeMessage(body: string, ask: Ask): Promise<ServiceAnswer> {
  const { id: given, text } = objectIn(body) ?? {};
  const id = given === undefined && typeof text === 'string' ? -randomInt(2 ** 32, 2 ** 47) : given;
  if (!Number.isSafeInteger(id)) return json(400, { error: 'send {"id": <whole number>} or {"text": <text>}' });
  try {
    await ask('INSERT INTO messages (id) VALUES ($1)', [Number(id)]);
    return json(201, { id });
  } catch (error) {
    const duplicate = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
    const content = { error: describe(error) };
    return duplicate ? json(409, content) : { ...json(503, content), reason: NOT_WRITABLE };
  }
}

/** Throws when the database does not take a write that is taken back at once: what users need to know. */
export async function tryWrite(ask: Ask): Promise<void> {
  const number = -randomInt(1, 2 ** 47);
  await ask(`BEGIN; INSERT INTO messages (id) VALUES (${number}); ROLLBACK`);
}
