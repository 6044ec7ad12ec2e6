import { z } from 'zod';
import type { HttpAnswer, HttpClient, HttpQuestion } from '../../adapters/http/index.ts';
import { LifeboatError } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';

/** One question that a client asked on its way. */
export interface Asked {
  what: 'sign-in' | 'read' | 'write';
  good: boolean;
  /** Machine milliseconds; of an unanswered question, until it was given up. */
  latencyMs: number;
  cache: 'hit' | 'miss' | '';
  /** What was wrong, as a clause for people; '' when nothing was. It holds nothing that was sent. */
  complaint: string;
}

const SignedIn = z.object({ token: z.string().min(1) });

/**
 * Goes through the product as one client does: signs in, reads, and writes when `writes`. What follows a sign-in that
 * failed cannot be asked, and counts as failed. Never throws for what the product answers, or does not.
 */
export async function visit(
  client: HttpClient,
  {
    journey,
    password,
    writes,
    patienceMs,
  }: { journey: NonNullable<System['journey']>; password: string; writes: boolean; patienceMs: number },
  signal: AbortSignal,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  const ask = async (what: Asked['what'], question: Omit<HttpQuestion, 'timeoutMs'>, good: readonly number[]) => {
    const startedAt = performance.now();
    try {
      const answer = await client.send({ ...question, timeoutMs: patienceMs }, signal);
      const isGood = good.includes(answer.status);
      asked.push({ what, good: isGood, ...timesOf(answer), complaint: isGood ? '' : `${what} got ${answer.status}` });
      return isGood ? answer : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LifeboatError)) throw error;
      const latencyMs = Math.round(performance.now() - startedAt);
      const complaint = `${what}: ${error.message.replace(/\.$/, '')}`;
      asked.push({ what, good: false, latencyMs, cache: '', complaint });
      return undefined;
    }
  };
  const content = { email: journey.user, password };
  const token = tokenIn((await ask('sign-in', { url: journey.signIn, content }, [200]))?.text);
  if (token === undefined) {
    const complaint = 'sign-in gave no token';
    const last = asked.at(-1);
    if (last?.good) Object.assign(last, { good: false, complaint });
    const rest = writes ? (['read', 'write'] as const) : (['read'] as const);
    return [...asked, ...rest.map((what) => ({ what, good: false, latencyMs: 0, cache: '' as const, complaint: '' }))];
  }
  await ask('read', { url: journey.read, token }, [200]);
  if (writes) await ask('write', { url: journey.write, token, content: { text: 'written by Lifeboat' } }, [200, 201]);
  return asked;
}

function timesOf({ latencyMs, cache }: HttpAnswer & { cache: Asked['cache'] }): Pick<Asked, 'latencyMs' | 'cache'> {
  return { latencyMs, cache };
}

function tokenIn(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : SignedIn.parse(JSON.parse(text)).token;
  } catch {
    return undefined;
  }
}
