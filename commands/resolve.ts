import { z } from 'zod';
import { IncidentId } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done } from '../src/usecases/reply.ts';

export const resolve = defineCommand({
  verb: 'resolve',
  summary: 'End an incident and its escalation',
  usage: 'resolve [incident]',
  // Whoever declared it may, too: they have the role `start`.
  roles: ['command', 'start'],
  grammar: { positionals: ['incident'], flags: [] },
  args: z.object({ incident: IncidentId.optional() }),
  notDone: 'The incident stays open.',
  async run({ useCases, user }, { incident: id }) {
    const { incident, ran, recovered, exceptions } = await useCases.resolve({
      user,
      ...(id === undefined ? {} : { incident: id }),
    });
    const left = exceptions.length > 0 ? ` Still to be looked after: ${exceptions.join(', ')}.` : '';
    const how = recovered ? '' : ran ? ' Its run did not recover the system.' : ' Nothing was changed.';
    return done(`${incident} is resolved, and nobody else is paged for it.${how}${left}`);
  },
});
