import { z } from 'zod';
import { mention } from '../src/domain/approval.ts';
import { measuredWords } from '../src/domain/measured-words.ts';
import { overrideLine } from '../src/domain/refused-plan.ts';
import { Mode } from '../src/domain/runbook.ts';
import { Region } from '../src/domain/system.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { waitedAlready } from '../src/usecases/waited-already.ts';

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
  precheck: (useCases, { system, mode }) => useCases.checkFailover({ system, mode }),
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
    const { incident, plan, joined, replaces } = result;
    if (result.waitedAlready) return waitedAlready(result, user);
    const served =
      result.usersServed && mode === 'emergency'
        ? `Users are served, as Lifeboat sees it: if nothing is wrong, \`/dr resolve ${incident}\` ends the paging. `
        : '';
    const where = joined ? '' : ` ${incident} is declared.`;
    const warnings = plan.warnings ? { lines: plan.warnings } : {};
    if (plan.verdict === 'ready' && replaces !== undefined) {
      return done(
        `${served}Plan ${plan.id} waits for approval by ${mention(result.mayApprove)}: that aborts ${replaces}, and it starts when that has ended. Nothing was changed yet.`,
        warnings,
      );
    }
    if (plan.verdict === 'ready') {
      return done(
        `${served}Plan ${plan.id} waits for approval by a second person.${where} Nothing was changed yet.`,
        warnings,
      );
    }
    const override = overrideLine({ plan });
    const failed = plan.guards.filter(({ passed }) => !passed);
    return {
      tone: 'refused',
      text: `${served}Plan ${plan.id} cannot be approved.${where} Nothing was changed. It does not hold:`,
      lines: [
        ...failed.map(({ title, measured, reason: why }) =>
          measuredWords(`${title} (${measured}). ${why ?? ''}`).trim(),
        ),
        ...(plan.warnings ?? []),
        ...(override === undefined ? [] : [`A commander may pass it, on the record: ${override}.`]),
      ],
    };
  },
});
