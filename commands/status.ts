import { z } from 'zod';
import { defineCommand } from '../src/usecases/command.ts';
import { info } from '../src/usecases/reply.ts';
import type { IncidentSummary } from '../src/usecases/status.ts';

export const status = defineCommand({
  verb: 'status',
  summary: 'Show what is going on, in everything or in one incident or system',
  usage: 'status [incident|system]',
  grammar: { positionals: ['subject'], flags: [] },
  args: z.object({ subject: z.string().optional() }),
  notDone: 'Nothing was changed.',
  async run({ useCases }, { subject }) {
    const { incidents, quiet, problems } = await useCases.status(subject);
    const lines = [
      ...incidents.flatMap(describe),
      ...(quiet.length > 0 ? [`Without an open incident: ${quiet.join(', ')}.`] : []),
      ...problems.map((problem) => `Cannot be used: ${problem}`),
    ];
    const text = incidents.length === 0 ? 'No incident is open.' : `${count(incidents.length)}:`;
    return info(text, { lines });
  },
});

function describe({ id, system, title, severity, now, next, escalation, elapsed }: IncidentSummary): string[] {
  const lines = [`${id} (${system}, ${severity}): ${title}. ${elapsed} since detection.`, now];
  if (next) lines.push(next);
  if (escalation) lines.push(escalation);
  return lines;
}

function count(incidents: number): string {
  return incidents === 1 ? 'One incident' : `${incidents} incidents`;
}
