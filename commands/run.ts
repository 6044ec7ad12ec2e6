import { z } from 'zod';
import { Mode } from '../src/domain/runbook.ts';
import { givenValues } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import type { RunbookListing } from '../src/usecases/list-runbooks.ts';
import { info, type Reply } from '../src/usecases/reply.ts';
import { startedReply } from '../src/usecases/started-reply.ts';

/** `chatbot` or `chatbot/service-failure`, whatever its case. */
const Subject = z
  .string()
  .toLowerCase()
  .regex(/^[^/]+(\/[^/]+)?$/, 'must be a system and its runbook, for example chatbot/region-failover')
  .transform((text): { system: string; runbook?: string } => {
    const [system = '', runbook] = text.split('/');
    return runbook === undefined ? { system } : { system, runbook };
  });

export const run = defineCommand({
  verb: 'run',
  summary: 'Make a plan of any runbook of a system, or list its runbooks; what changes nothing starts at once',
  usage: 'run <system>/<runbook> [name=value …] [--mode emergency|planned] [--reason "…"] [--instead]',
  roles: ['start'],
  grammar: { positionals: ['runbook'], pairs: 'values', flags: ['mode', 'reason'], switches: ['instead'] },
  args: z.object({
    runbook: Subject,
    values: givenValues,
    mode: z.string().toLowerCase().pipe(z.enum(Mode.options, 'must be emergency or planned')).optional(),
    reason: z.string().trim().min(1).max(500).optional(),
    /** In place of the run under way. */
    instead: z.string().optional(),
  }),
  system: ({ runbook }) => runbook.system,
  notDone: 'No plan was made, and nothing was changed.',
  precheck(useCases, { runbook: { system, runbook }, values, mode }) {
    if (runbook !== undefined) useCases.checkStart({ system, runbook, params: values, mode });
  },
  acknowledge: ({ runbook: { system, runbook } }) =>
    runbook === undefined
      ? undefined
      : info(
          `Reading the live state of ${system} for ${system}/${runbook}. The plan follows within seconds; what changes anything waits until it is approved.`,
        ),
  async run({ useCases, user, at }, { runbook: { system, runbook }, values, mode, reason, instead }) {
    if (runbook === undefined) return listed(system, useCases.runbooks(system));
    const started = await useCases.start({
      user,
      at,
      system,
      runbook,
      params: values,
      mode,
      reason,
      instead: instead !== undefined,
    });
    return startedReply(started, user);
  },
});

/** The runbooks of a system, as they are started. */
function listed(system: string, runbooks: RunbookListing[]): Reply {
  if (runbooks.length === 0) {
    return info(`${system} has no runbook that can be used. \`/dr status ${system}\` says what is wrong with them.`);
  }
  return info(`The runbooks of ${system}:`, { lines: runbooks.map((one) => line(system, one)) });
}

function line(system: string, { id, title, severity, mode, params, readOnly }: RunbookListing): string {
  const names = Object.entries(params).map(([name, { default: usual }]) =>
    usual === undefined ? `${name}=…` : `[${name}=…]`,
  );
  const modes = mode.length > 1 ? ` (${mode.join(' or ')})` : ` (${mode[0]})`;
  return `\`/dr run ${[`${system}/${id}`, ...names].join(' ')}\`  ${severity}, ${title}${readOnly ? ': it only looks' : modes}`;
}
