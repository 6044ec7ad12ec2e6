import { z } from 'zod';
import { patienceOf, within } from '../../adapters/deadline.ts';
import type { Http } from '../../adapters/http/index.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';

const Output = z.object({
  healthy: z.boolean(),
  /** 0: no answer. */
  status: z.int(),
  /** Machine milliseconds. */
  latencyMs: z.number(),
  /** What was seen, for people. */
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Typical world seconds between two looks while answers are awaited. */
const SECONDS_PER_ANSWER = 2;
/** World milliseconds after which a client gives a request up; never below the machine's. */
const PATIENCE = 10_000;
const SHORTEST_PATIENCE_MS = 400;

export const httpCheck = ({ http }: Clients) =>
  defineAction({
    id: 'http.check',
    summary: 'Ask a URL as a new client would',
    effect: 'read',
    input: z.strictObject({
      url: z.url({ protocol: /^https?$/ }),
      /** Good answers in a row that run() waits for. */
      consecutive: z.int().min(1).default(1),
      /** The status that counts as healthy. */
      status: z.int().min(100).max(599).default(200),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {},
    examples: [
      { title: 'Users can read and write', with: { url: 'https://api.chatbot.com/health', consecutive: 3 } },
      { title: 'A page answers that it moved', with: { url: 'http://chatbot.com/', status: 301 } },
    ],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: ({ consecutive }) => (consecutive ?? 1) * SECONDS_PER_ANSWER,
    async observe(context, { url, status }) {
      return { facts: {}, measurements: await measure(http, context, url, status) };
    },
    change: () => ({ changes: [] }),
    async run(context, { url, status, consecutive }) {
      let inARow = 0;
      const outputs = await context.waitUntil(async () => {
        const patience = patienceOf(context.clock, PATIENCE, SHORTEST_PATIENCE_MS);
        const signal = within(patience, context.signal);
        const measured = await measure(http, { signal }, url, status);
        inARow = measured.healthy ? inARow + 1 : 0;
        context.progress(
          measured.healthy ? `${inARow}/${consecutive} good answers from ${new URL(url).host}` : measured.sentence,
        );
        return inARow >= consecutive ? measured : undefined;
      });
      return { outputs, changes: [] };
    },
  });

/** No answer is a measurement too: a dead region is what these checks are for. */
async function measure(
  http: Http,
  { signal }: Pick<ObserveContext, 'signal'>,
  url: string,
  expected: number,
): Promise<Output> {
  const startedAt = performance.now();
  try {
    const { status, latencyMs } = await http.get(url, signal);
    const healthy = status === expected;
    const sentence = `${new URL(url).host} answered ${status}${healthy ? '' : ` instead of ${expected}`}.`;
    return { healthy, status, latencyMs, sentence };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return { healthy: false, status: 0, latencyMs: Math.round(performance.now() - startedAt), sentence: error.message };
  }
}
