import { createHmac, timingSafeEqual } from 'node:crypto';
import type { System } from '../../src/domain/system.ts';
import { describe, json, NOT_READABLE, objectIn, type ServiceAnswer } from './answer.ts';

/** Asks the database that a pod is connected to. */
export type Ask = (sql: string, values?: (string | number)[]) => Promise<Record<string, unknown>[]>;

/** The password of the product's test user, whom only the sandbox has. */
export function testUserPassword(user: string): string {
  return `${user.split('@')[0]}-in-the-sandbox`;
}

/** Whose sign-in a region's auth-service checks, and what its tokens are signed with: the same in every region. */
export interface SignIn {
  system: System;
  seed: number;
}

/**
 * `POST /auth/login` with email and password: 200 with a token, 401 when they are wrong, 503 without a database. Nobody
 * but the test user has a password in the sandbox; that the user is there, the table `users` says.
 */
export async function signIn(body: string, ask: Ask, { system, seed }: SignIn): Promise<ServiceAnswer> {
  const { email, password } = objectIn(body) ?? {};
  if (typeof email !== 'string' || typeof password !== 'string') {
    return json(400, { error: 'send {"email": <text>, "password": <text>}' });
  }
  let known: boolean;
  try {
    known = (await ask('SELECT id FROM users WHERE email = $1', [email])).length > 0;
  } catch (error) {
    return { ...json(503, { error: describe(error) }), reason: NOT_READABLE };
  }
  const right = email === system.journey?.user && password === testUserPassword(email);
  if (!known || !right) return json(401, { error: 'email or password is wrong' });
  return json(200, { token: tokenOf(seed, email), user: email });
}

/** Whether the `authorization` header of a request is that of somebody who has signed in. */
export function isSignedIn(authorization: string, seed: number): boolean {
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
  const user = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8');
  const expected = Buffer.from(tokenOf(seed, user));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function tokenOf(seed: number, user: string): string {
  const signature = createHmac('sha256', `chatbot ${seed}`).update(user).digest('base64url');
  return `${Buffer.from(user).toString('base64url')}.${signature}`;
}
