import { quantileSorted } from 'simple-statistics';
import { z } from 'zod';
import { patienceOf } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { type Asked, visit } from './visit.ts';

const Output = z.object({
  /** Of what was asked: sign-in, read and write of each client. */
  errorPercent: z.number(),
  /** Machine milliseconds of what was answered; 0 where nothing was. */
  p50LatencyMs: z.number(),
  p95LatencyMs: z.number(),
  /** -1: the answers say nothing of a cache. */
  cacheHitPercent: z.number(),
  clients: z.int(),
  /** What was seen, for people. */
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

const Input = z.strictObject({
  /** Clients side by side. */
  clients: z.int().min(1).max(100).default(10),
  /** What run() waits for, where it is given. Machine milliseconds; percent. */
  maxP95LatencyMs: z.number().positive().optional(),
  /** Strictly less than this, unless it is 0. */
  maxErrorPercent: z.number().min(0).max(100).default(0),
  /** Strictly more than this. */
  minCacheHitPercent: z.number().min(0).max(100).optional(),
});
type Input = z.infer<typeof Input>;

/** Machine milliseconds after which a client gives a question up: longer than any limit that is worth asking for. */
const PATIENCE = 6000;
/** World milliseconds. */
const PATIENCE_IN_WORLD = 10_000;
/** Three questions, each some tenths of a second; looks that are not good enough are repeated. */
const SECONDS = 5;

export const httpJourney = (clients: Clients) =>
  defineAction({
    id: 'http.journey',
    summary: 'Use the product as its clients do: sign in, read, write; with percentiles of latency, errors, cache hits',
    // A message of the test user is what the product is for; nothing of the infrastructure changes.
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It signs in and reads as the test user; run() also leaves one message of that user for each client.',
    permissions: { other: ['product: the test user of journey.user'] },
    examples: [
      { title: 'One client', with: { clients: 1 } },
      {
        title: 'Within the targets',
        with: { clients: 10, maxP95LatencyMs: 2000, maxErrorPercent: 1, minCacheHitPercent: 80 },
      },
    ],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => SECONDS,
    // A plan does not write: one client looks.
    async observe(context) {
      return { facts: {}, measurements: await measure(clients, context, { count: 1, writes: false }) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(async () => {
        const measured = await measure(clients, context, { count: input.clients, writes: true });
        const missed = missedLimits(measured, input);
        context.progress(missed === '' ? measured.sentence : `${measured.sentence} Wanted: ${missed}.`);
        return missed === '' ? measured : undefined;
      });
      return { outputs, changes: [] };
    },
  });

async function measure(
  { http, secret }: Clients,
  { system, clock, signal }: Pick<ObserveContext, 'system' | 'clock' | 'signal'>,
  { count, writes }: { count: number; writes: boolean },
): Promise<Output> {
  const { journey } = system;
  if (!journey) {
    throw new InvalidInput('http.no-journey', 'system.yaml has no journey: name what a client asks, and a test user.');
  }
  const password = secret(journey.password);
  const patienceMs = patienceOf(clock, PATIENCE_IN_WORLD, PATIENCE, 1);
  const visits = await Promise.all(
    Array.from({ length: count }, async () => {
      const client = http.client(signal);
      try {
        return await visit(client, { journey, password, writes, patienceMs }, signal);
      } finally {
        await client.close();
      }
    }),
  );
  return judge(visits.flat(), count);
}

/** The percentiles and rates over all that was asked. */
export function judge(asked: readonly Asked[], clients: number): Output {
  const failed = asked.filter(({ good }) => !good);
  const times = asked
    .filter(({ good }) => good)
    .map(({ latencyMs }) => latencyMs)
    .toSorted((a, b) => a - b);
  const [hits, misses] = (['hit', 'miss'] as const).map((said) => asked.filter(({ cache }) => cache === said).length);
  const reads = (hits ?? 0) + (misses ?? 0);
  const measured = {
    errorPercent: percent(failed.length, asked.length),
    p50LatencyMs: quantile(times, 0.5),
    p95LatencyMs: quantile(times, 0.95),
    cacheHitPercent: reads === 0 ? -1 : percent(hits ?? 0, reads),
    clients,
  };
  return { ...measured, sentence: sentenceOf(measured, failed) };
}

function sentenceOf(measured: Omit<Output, 'sentence'>, failed: readonly Asked[]): string {
  const { errorPercent, p95LatencyMs, cacheHitPercent, clients } = measured;
  const complaint = failed.find((one) => one.complaint !== '')?.complaint;
  const who = clients === 1 ? 'One client' : `${clients} clients`;
  const parts = [
    `${errorPercent} % errors${complaint === undefined ? '' : ` (${complaint})`}`,
    ...(errorPercent < 100 ? [`95 % answered within ${p95LatencyMs} ms`] : []),
    ...(cacheHitPercent < 0 ? [] : [`${cacheHitPercent} % of reads from the cache`]),
  ];
  return `${who}: ${parts.join(', ')}.`;
}

/** What of the limits is not met, for people; '' when all is. */
function missedLimits(measured: Output, { maxP95LatencyMs, maxErrorPercent, minCacheHitPercent }: Input): string {
  const { errorPercent, p95LatencyMs, cacheHitPercent } = measured;
  const tooMany = maxErrorPercent === 0 ? errorPercent > 0 : errorPercent >= maxErrorPercent;
  const missed = [
    ...(tooMany ? [maxErrorPercent === 0 ? 'no errors' : `errors below ${maxErrorPercent} %`] : []),
    ...(maxP95LatencyMs !== undefined && (errorPercent === 100 || p95LatencyMs >= maxP95LatencyMs)
      ? [`95 % within ${maxP95LatencyMs} ms`]
      : []),
    ...(minCacheHitPercent !== undefined && cacheHitPercent <= minCacheHitPercent
      ? [`more than ${minCacheHitPercent} % from the cache`]
      : []),
  ];
  return missed.join(', ');
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted.length === 0 ? 0 : Math.round(quantileSorted([...sorted], share));
}
