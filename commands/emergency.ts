import { z } from 'zod';
import { quoteWord } from '../src/domain/quote-word.ts';
import { RunOrIncidentId, reasonFor } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info } from '../src/usecases/reply.ts';
import { STEP_CONTROL } from '../src/usecases/steps.ts';

export const emergency = defineCommand({
  verb: 'emergency',
  summary: 'Let a planned run go on as an emergency: what is only graceful is left out',
  usage: 'emergency [run] --reason "…" [--yes]',
  roles: STEP_CONTROL,
  grammar: { positionals: ['run'], flags: ['reason'], switches: ['yes'] },
  args: z
    .object({
      run: RunOrIncidentId.optional(),
      reason: reasonFor('must say why it cannot wait'),
      yes: z.string().optional(),
    })
    .transform(({ yes, ...rest }) => ({ ...rest, sure: yes !== undefined })),
  notDone: 'The run goes on as it was planned.',
  form: {
    argument: 'reason',
    title: 'Make it an emergency',
    consequence: 'You are told what this leaves out and what you sign for before anything changes.',
    label: 'Why can it not wait?',
    placeholder: 'For example: the primary region has just gone down',
    submit: 'Go on',
  },
  async run({ useCases, user }, { run: named, reason, sure }) {
    const run = await useCases.chooseRun(named);
    if (sure) {
      await useCases.emergency({ user, runId: run, reason });
      return done(`${run} is an emergency from now on; the board says what is left out.`);
    }
    const lines = await useCases.aboutEmergency({ user, runId: run, reason });
    return info(`Let ${run} go on as an emergency? It goes on as planned until you press the button.`, {
      lines,
      buttons: [
        {
          label: 'Go on as emergency',
          verb: 'emergency',
          value: `${run} --yes --reason=${quoteWord(reason)}`,
          style: 'danger',
        },
      ],
    });
  },
});
