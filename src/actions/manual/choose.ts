import { z } from 'zod';
import { defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { ChoiceOptions } from '../../domain/questions.ts';
import { answered } from './answered.ts';

export const choose = () =>
  defineAction({
    id: 'manual.choose',
    summary: 'Ask a person to choose one of several answers, and wait for it',
    effect: 'read',
    input: z.strictObject({
      question: z.string().min(1),
      /** Written down, or an output of an earlier step. */
      options: ChoiceOptions,
    }),
    output: z.object({ choice: z.string(), by: z.string() }),
    repeat: 'It only waits: the answer is in the journal, and is given once.',
    permissions: {},
    examples: [
      {
        title: 'Which backup',
        with: {
          question: 'Which recovery point is to be restored?',
          options: [
            { value: 'point-in-time', title: 'Five minutes before the damage', sentence: 'Loses 5 min of writes.' },
            { value: 'dump', title: 'The dump of last night', sentence: 'Loses 9 h of writes.' },
          ],
        },
      },
    ],
    dependsOn: () => [],
    writes: () => [],
    // A person who reads a few options first.
    expectedSeconds: () => 90,
    observe: async () => ({ facts: {}, measurements: {} }),
    change: (_observed, { question }) => ({
      changes: [{ what: question, before: 'not asked yet', after: 'chosen in the run' }],
    }),
    async run(context, { question, options }) {
      const values = options.map(({ value }) => value);
      if (values.length === 0) throw new Permanent('manual.no-options', `There is nothing to choose from: ${question}`);
      if (new Set(values).size < values.length) {
        throw new Permanent('manual.same-options', `Two of the answers are the same: ${question}`);
      }
      const { by, value } = await answered(context, question);
      if (!values.includes(value)) {
        throw new Permanent(
          'manual.other-option',
          `<@${by}> chose ${value}, which is not offered any more: ${question}`,
        );
      }
      return { outputs: { choice: value, by }, changes: [] };
    },
  });
