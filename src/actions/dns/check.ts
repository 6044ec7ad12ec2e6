import { z } from 'zod';
import { plainName } from '../../adapters/aws/route53.ts';
import type { Dns } from '../../adapters/dns/index.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';

const Input = z.strictObject({
  name: z.string().min(1),
  /** Absent: the chain of CNAMEs and the addresses at its end. */
  type: z.enum(['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'NS']).optional(),
  /** The value, or the name in the chain, that every resolver has to give. */
  expected: z.string().min(1).optional(),
});
type Input = z.infer<typeof Input>;

const Output = z.object({
  /** What each resolver of system.yaml answers, by its name; empty when it has no answer. */
  answers: z.record(z.string(), z.array(z.string())),
  /** Seconds for which each resolver goes on answering so; left out where it has no answer. */
  secondsLeft: z.record(z.string(), z.int()),
  /** Every resolver gives `expected`; without it: they all give the same. */
  agreed: z.boolean(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Resolvers keep an answer for the record's TTL, which is 60 s in chatbot's zone. */
const TTL_SECONDS = 60;

export const dnsCheck = ({ dns }: Clients) =>
  defineAction({
    id: 'dns.check',
    summary: 'Ask named resolvers directly what a name points to',
    effect: 'read',
    input: Input,
    output: Output,
    repeat: 'It only reads.',
    permissions: {},
    examples: [
      {
        title: 'Resolvers give the standby load balancer',
        with: { name: 'api.chatbot.com', expected: 'chatbot-west-0987654321.us-west-2.elb.amazonaws.com' },
      },
      { title: 'What resolvers answer now', with: { name: 'api.chatbot.com', type: 'CNAME' } },
    ],
    dependsOn: () => [],
    writes: () => [],
    subject: () => 'dns',
    expectedSeconds: ({ expected }) => (expected === undefined ? 1 : TTL_SECONDS),
    async observe(context, input) {
      return { facts: {}, measurements: await ask(dns, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(async () => {
        const answered = await ask(dns, context, input);
        context.progress(answered.sentence);
        return answered.agreed || input.expected === undefined ? answered : undefined;
      });
      return { outputs, changes: [] };
    },
  });

async function ask(dns: Dns, { system, signal }: ObserveContext, { name, type, expected }: Input): Promise<Output> {
  const question = { name, ...(type === undefined ? {} : { type }) };
  const answers = await Promise.all(
    system.dns.resolvers.map(async (resolver): Promise<[string, string[], number | undefined]> => {
      try {
        const values = await dns.ask(resolver, question, signal);
        return [resolver.name, values, values.length > 0 ? await dns.secondsLeft(resolver, name, signal) : undefined];
      } catch (error) {
        if (!(error instanceof LifeboatError)) throw error;
        return [resolver.name, [], undefined];
      }
    }),
  );
  const left = answers.flatMap(([resolver, , seconds]) =>
    seconds === undefined ? [] : [[resolver, seconds] as const],
  );
  const found = Object.fromEntries(answers.map(([resolver, values]) => [resolver, values]));
  return judgeAnswers(name, found, expected, Object.fromEntries(left));
}

/** Whether resolvers agree; names are compared without regard to case and the final dot. */
export function judgeAnswers(
  name: string,
  answers: Record<string, string[]>,
  expected?: string,
  secondsLeft: Record<string, number> = {},
): Output {
  const entries = Object.entries(answers);
  if (expected !== undefined) {
    const others = entries.filter(([, values]) => !values.some((value) => plainName(value) === plainName(expected)));
    const sentence =
      others.length === 0
        ? `All ${entries.length} resolvers give ${expected} for ${name}.`
        : others
            .map(([resolver, [first = 'nothing']]) => {
              const seconds = secondsLeft[resolver];
              return `${resolver} answers ${first}${seconds === undefined ? '' : ` for ${seconds} s more`}`;
            })
            .join(', ');
    return { answers, secondsLeft, agreed: others.length === 0, sentence };
  }
  const kinds = new Set(entries.map(([, values]) => values.map(plainName).sort().join(' ')));
  const agreed = kinds.size === 1 && !kinds.has('');
  return {
    answers,
    secondsLeft,
    agreed,
    sentence: entries.map(([resolver, [first]]) => `${resolver}: ${first ?? 'nothing'}`).join(', '),
  };
}
