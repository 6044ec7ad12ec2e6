import { z } from 'zod';
import { reasonFor, WatchOrIncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';

export const release = defineCommand({
  verb: 'release',
  summary: 'End the watch over what a run left open',
  usage: 'release <watch|incident> --reason "…"',
  roles: ['command'],
  grammar: { positionals: ['watch'], flags: ['reason'] },
  args: z.object({ watch: WatchOrIncidentId, reason: reasonFor('must say why nobody has to look any more') }),
  notDone: 'The watch goes on.',
  form: {
    argument: 'reason',
    title: 'Release a watch',
    consequence:
      'Nobody looks at it any more, and nothing is done when it changes. Your name and your reason stand in the record.',
    label: 'Why is it not needed?',
    placeholder: 'For example: the old instance is deleted',
    submit: 'Release it',
  },
  async run({ useCases, user }, { watch, reason }) {
    const { id, subject } = await useCases.release({ user, target: watch, reason });
    return done(`${id} is released: ${subject} is not watched any more.`);
  },
});
