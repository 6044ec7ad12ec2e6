import type pg from 'pg';

/** Rows of the product, as they were before the world began. Times are epoch milliseconds, UTC. */
export interface Seeds {
  users: { id: number; email: string; createdAt: number }[];
  chatSessions: { id: number; userId: number; createdAt: number }[];
  messages: { id: number; sessionId: number; writtenAt: number }[];
}

/** The account that people sign in with to see whether the product works. */
export const TEST_USER = 'test@example.com';

const USERS = 400;
/** They came before the oldest session. */
const OLD_USERS = 360;
const SESSIONS = 900;
const MESSAGES = 3000;
const HOUR = 3_600_000;
/** Users come over a year, sessions and messages over a month; the newest a moment before the world begins. */
const USERS_EVERY = (365 * 24 * HOUR) / USERS;
const SESSIONS_EVERY = (30 * 24 * HOUR) / SESSIONS;
const MESSAGES_EVERY = (30 * 24 * HOUR) / MESSAGES;

/**
 * What the tables hold when a world begins at `startedAt` (epoch milliseconds): always the same rows, and so the content
 * of every nightly dump. Messages have ids below 1, because the product's client counts from 1.
 */
export function seedsOf(startedAt: number): Seeds {
  const count = (length: number) => Array.from({ length }, (_, index) => index + 1);
  return {
    users: count(USERS).map((id) => ({
      id,
      email: id === 1 ? TEST_USER : `user-${String(id).padStart(4, '0')}@example.com`,
      createdAt: startedAt - (USERS - id + 1) * USERS_EVERY,
    })),
    chatSessions: count(SESSIONS).map((id) => ({
      id,
      userId: ((id * 7) % OLD_USERS) + 1,
      createdAt: startedAt - (SESSIONS - id + 1) * SESSIONS_EVERY,
    })),
    messages: count(MESSAGES).map((number) => ({
      id: number - MESSAGES,
      sessionId: Math.max(1, Math.floor((number * SESSIONS) / MESSAGES)),
      writtenAt: startedAt - (MESSAGES - number + 1) * MESSAGES_EVERY,
    })),
  };
}

/** The tables of the product, empty; their owner and rights come with the roles. */
export const TABLES = [
  'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, created_at timestamptz NOT NULL DEFAULT now())',
  `CREATE TABLE chat_sessions (
     id bigint PRIMARY KEY,
     user_id bigint NOT NULL REFERENCES users (id),
     created_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE messages (
     id bigint PRIMARY KEY,
     session_id bigint REFERENCES chat_sessions (id),
     written_at timestamptz NOT NULL DEFAULT now())`,
  'CREATE INDEX chat_sessions_user_id_idx ON chat_sessions (user_id)',
  'CREATE INDEX messages_session_id_idx ON messages (session_id)',
];

export const TABLE_NAMES = ['users', 'chat_sessions', 'messages'];

/** Fills the empty tables, and freezes the rows, so that nothing but the product's own writes changes their pages. */
export async function plantSeeds(client: Pick<pg.Client, 'query'>, startedAt: number): Promise<void> {
  const { users, chatSessions, messages } = seedsOf(startedAt);
  const time = (milliseconds: number) => new Date(milliseconds).toISOString();
  await client.query('INSERT INTO users SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[])', [
    users.map(({ id }) => id),
    users.map(({ email }) => email),
    users.map(({ createdAt }) => time(createdAt)),
  ]);
  await client.query('INSERT INTO chat_sessions SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[])', [
    chatSessions.map(({ id }) => id),
    chatSessions.map(({ userId }) => userId),
    chatSessions.map(({ createdAt }) => time(createdAt)),
  ]);
  await client.query('INSERT INTO messages SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[])', [
    messages.map(({ id }) => id),
    messages.map(({ sessionId }) => sessionId),
    messages.map(({ writtenAt }) => time(writtenAt)),
  ]);
  await client.query(`VACUUM (FREEZE, ANALYZE) ${TABLE_NAMES.join(', ')}`);
}
