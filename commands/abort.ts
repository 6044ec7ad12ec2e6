import { z } from 'zod';
import { IncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';

/** The first word is the incident when it looks like one; everything else is the reason. */
const Words = z
  .string()
  .max(600)
  .default('')
  .transform((words) => {
    const [first = '', ...rest] = words.split(' ');
    const incident = IncidentId.safeParse(first);
    const reason = (incident.success ? rest.join(' ') : words).trim();
    return {
      ...(incident.success ? { incident: incident.data } : {}),
      ...(reason === '' ? {} : { reason }),
    };
  });

export const abort = defineCommand({
  verb: 'abort',
  summary: 'Stop a run: no further step starts, and waiting ends',
  usage: 'abort [incident] [reason]',
  roles: ['command'],
  grammar: { positionals: [], rest: 'words', flags: [] },
  args: z.object({ words: Words }).transform(({ words }) => words),
  notDone: 'Nothing was aborted.',
  async run({ useCases, user }, input) {
    const { incident, runId } = await useCases.abort({ user, ...input });
    return done(
      `${runId} of ${incident} is being aborted. No further step starts; the board will say what was changed.`,
    );
  },
});
