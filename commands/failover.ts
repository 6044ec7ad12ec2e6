import { z } from 'zod';
import { Mode } from '../src/domain/runbook.ts';
import { FAILOVER_RUNBOOK } from '../src/domain/start-line.ts';
import { Region } from '../src/domain/system.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { info } from '../src/usecases/reply.ts';
import { startedReply } from '../src/usecases/started-reply.ts';

export const failover = defineCommand({
  verb: 'failover',
  summary: 'Declare an incident and make a plan that moves a system to its other region',
  usage: 'failover <system> [--to region] [--mode emergency|planned] [--reason "…"] [--instead]',
  roles: ['start'],
  grammar: { positionals: ['system'], flags: ['to', 'mode', 'reason'], switches: ['instead'] },
  args: z.object({
    system: z.string().toLowerCase(),
    to: Region.optional(),
    mode: z.string().toLowerCase().pipe(z.enum(Mode.options, 'must be emergency or planned')).default('emergency'),
    reason: z.string().trim().min(1).max(500).optional(),
    /** In place of the run under way. */
    instead: z.string().optional(),
  }),
  system: ({ system }) => system,
  notDone: 'No plan was made, and nothing was changed.',
  precheck: (useCases, { system, mode }) =>
    useCases.checkStart({ system, runbook: FAILOVER_RUNBOOK, mode, params: {} }),
  acknowledge: ({ system, mode }) =>
    info(
      `Reading the live state of ${system}. The plan (${mode}) follows within seconds; nothing is changed until it is approved.`,
    ),
  async run({ useCases, user, at }, { system, to, mode, reason, instead }) {
    const result = await useCases.failover({
      user,
      at,
      system,
      mode,
      ...(to === undefined ? {} : { to }),
      ...(reason === undefined ? {} : { reason }),
      instead: instead !== undefined,
    });
    return startedReply(result, user);
  },
});
