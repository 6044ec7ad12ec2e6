import { z } from 'zod';
import { defineAction } from '../../domain/action.ts';
import { answered } from './answered.ts';

const Pattern = z.string().refine((text) => isPattern(text), 'must be a regular expression');

export const fillIn = () =>
  defineAction({
    id: 'manual.fill-in',
    summary: 'Ask a person for a word or a number, and wait for it',
    effect: 'read',
    input: z.strictObject({
      question: z.string().min(1),
      /** Shown with the question, and named when an answer does not fit. */
      example: z.string().min(1),
      /** A regular expression that the whole answer must fit. */
      pattern: Pattern.optional(),
    }),
    output: z.object({ value: z.string(), by: z.string() }),
    repeat: 'It only waits: the answer is in the journal, and is given once.',
    permissions: {},
    examples: [
      {
        title: 'When the damage began',
        with: {
          question: 'Since when is the data wrong, in UTC?',
          example: '2026-03-01T03:05:00Z',
          pattern: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?Z',
        },
      },
    ],
    dependsOn: () => [],
    writes: () => [],
    // A person who has to look it up.
    expectedSeconds: () => 90,
    observe: async () => ({ facts: {}, measurements: {} }),
    change: (_observed, { question }) => ({
      changes: [{ what: question, before: 'not asked yet', after: 'filled in in the run' }],
    }),
    async run(context, { question }) {
      const { by, value } = await answered(context, question);
      return { outputs: { value, by }, changes: [] };
    },
  });

function isPattern(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`).source !== '';
  } catch {
    return false;
  }
}
