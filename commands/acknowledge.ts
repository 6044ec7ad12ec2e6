import { z } from 'zod';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';

export const acknowledge = defineCommand({
  verb: 'acknowledge',
  summary: 'End the cool-down after a run early: what starts by itself may do so again',
  usage: 'acknowledge <system>',
  roles: ['start'],
  grammar: { positionals: ['system'], flags: [] },
  args: z.object({ system: z.string().toLowerCase() }),
  system: ({ system }) => system,
  notDone: 'The cool-down goes on.',
  async run({ useCases, user }, { system }) {
    const { runId, heldBack } = await useCases.acknowledge({ user, system });
    const triggers = [...new Set(heldBack.map(({ trigger }) => trigger))];
    const held =
      triggers.length > 0
        ? ` Held back were: ${triggers.join(', ')}; \`/dr failover ${system}\` starts it by hand.`
        : '';
    return done(`The cool-down of ${system} after ${runId} is over: automatic starts may happen again.${held}`);
  },
});
