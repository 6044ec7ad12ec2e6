import { z } from 'zod';
import { defineCommand } from '../src/usecases/command.ts';
import { info } from '../src/usecases/reply.ts';
import { type IncidentSummary, RESTART } from '../src/usecases/status.ts';

export const status = defineCommand({
  verb: 'status',
  summary: 'Show what is going on, in everything or in one incident or system',
  usage: 'status [incident|system]',
  grammar: { positionals: ['subject'], flags: [] },
  args: z.object({ subject: z.string().optional() }),
  notDone: 'Nothing was changed.',
  async run({ useCases }, { subject }) {
    const { incidents, quiet, coolDowns, watches, problems } = await useCases.status(subject);
    const mend = problems.length > 0 ? [RESTART] : [];
    const broken = [...problems.map((problem) => `Cannot be used: ${problem}`), ...mend];
    const [only, ...others] = incidents;
    if (!only)
      return info(`No incident is open${quiet.length > 0 ? ` for ${quiet.join(', ')}` : ''}.`, {
        lines: [...watches, ...coolDowns, ...broken],
      });
    if (others.length === 0)
      return info(`${titleOf(only)} ${only.now}`, { lines: [...linesOf(only), ...watches, ...coolDowns, ...broken] });
    return info(`${incidents.length} incidents:`, {
      lines: [...incidents.map(inOneLine), ...watches, ...coolDowns, ...broken],
    });
  },
});

function titleOf({ id, system }: IncidentSummary): string {
  return `${id} (${system}):`;
}

function linesOf(incident: IncidentSummary): string[] {
  const { next, escalation, coolDown, watches, findings, severity, title, elapsed } = incident;
  const known = [...findings.map((sentence) => `Found: ${sentence}`), next, ...watches, escalation, coolDown].filter(
    (line) => line !== undefined,
  );
  return [...known, `${severity} ${title}, ${elapsed} since detection.`];
}

function inOneLine(incident: IncidentSummary): string {
  return [titleOf(incident), incident.now, incident.next ?? ''].join(' ').trim();
}
