import { z } from 'zod';
import { quoteWord } from '../src/domain/quote-word.ts';
import { IncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';

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
  usage: 'abort [incident] [reason] [--yes]',
  roles: ['command'],
  grammar: { positionals: [], rest: 'words', flags: [], switches: ['yes'] },
  args: z.object({ words: Words, yes: z.string().optional() }).transform(({ words, yes }) => ({
    ...words,
    sure: yes !== undefined,
  })),
  notDone: 'Nothing was aborted.',
  async run({ useCases, user }, { sure, ...input }) {
    if (sure) {
      const { incident, runId } = await useCases.abort({ user, ...input });
      return done(
        `${runId} of ${incident} is being aborted. No further step starts; the board will say what was changed.`,
      );
    }
    const { incident, runId, warnings } = await useCases.aboutAbort({ user, ...input });
    const reason = input.reason === undefined ? '' : ` ${quoteWord(input.reason)}`;
    return info(`Abort ${runId} of ${incident}? It goes on until you press the button.`, {
      lines: warnings,
      buttons: [{ label: `Abort ${runId}`, verb: 'abort', value: `${incident} --yes${reason}`, style: 'danger' }],
    });
  },
});
