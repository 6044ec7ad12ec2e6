import { z } from 'zod';
import { defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';

export const confirm = () =>
  defineAction({
    id: 'manual.confirm',
    summary: 'Ask a person, and wait for the answer',
    effect: 'read',
    input: z.strictObject({ question: z.string().min(1) }),
    output: z.object({ confirmed: z.boolean(), by: z.string() }),
    repeat: 'It only waits: the answer is in the journal, and is given once.',
    permissions: {},
    examples: [{ title: 'Sign-in works', with: { question: 'Does sign-in on chatbot.com work, without new errors?' } }],
    dependsOn: () => [],
    writes: () => [],
    // A person's click: 20 to 60 s, and the time to look before it.
    expectedSeconds: () => 60,
    observe: async () => ({ facts: {}, measurements: {} }),
    change: (_observed, { question }) => ({
      changes: [{ what: question, before: 'not asked yet', after: 'asked in the run' }],
    }),
    async run(context, { question }) {
      context.progress(question);
      const { by, confirmed } = await context.waitUntil(async () => context.answer());
      if (!confirmed) throw new Permanent('manual.refused', `<@${by}> answered no: ${question}`);
      return { outputs: { confirmed, by }, changes: [] };
    },
  });
