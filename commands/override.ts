import { z } from 'zod';
import { mention } from '../src/domain/approval.ts';
import { signWords } from '../src/domain/override-request.ts';
import { PlanRunOrIncidentId, reasonFor, stepMayStandAlone } from '../src/usecases/arguments.ts';
import { defineCommand } from '../src/usecases/command.ts';
import { done, info, type Reply } from '../src/usecases/reply.ts';

export const override = defineCommand({
  verb: 'override',
  summary: 'Pass what fails: one person gives a reason, a second one signs',
  usage: 'override [plan|run] <step> --reason "…" | --sign',
  roles: ['command', 'approve'],
  // Without a reason it is the second person's signature.
  rolesFor: ({ reason }) => (reason === undefined ? ['approve'] : ['command']),
  grammar: { positionals: ['target', 'step'], flags: ['reason'], switches: ['sign'] },
  args: z.preprocess(
    stepMayStandAlone('target'),
    z
      .object({
        target: PlanRunOrIncidentId.optional(),
        step: z.string().toLowerCase(),
        reason: reasonFor('must say why what fails may be passed').optional(),
        sign: z.string().optional(),
      })
      .refine(({ reason, sign }) => reason === undefined || sign === undefined, {
        path: ['sign'],
        message: 'goes without --reason: the reason is that of the person who asked',
      }),
  ),
  notDone: 'Nothing was overridden.',
  form: {
    argument: 'reason',
    title: 'Override what fails',
    consequence:
      'It is passed for this plan or this run only, once a second person has said yes. What was measured, your name and your reason stand in the record.',
    label: 'Why may it be passed?',
    placeholder: 'For example: losing 12 minutes of data is better than staying down',
    submit: 'Override it',
    unless: 'sign',
  },
  async run({ useCases, user }, { target: named, step, reason }): Promise<Reply> {
    const target = await useCases.chooseOverridden(named, step);
    const result = await useCases.override({ user, target, step, ...(reason === undefined ? {} : { reason }) });
    if (result.kind === 'signed') {
      const signed = `The override of ${step} of ${target} is signed`;
      return result.held === undefined
        ? done(`${signed}: the step is tried again.`)
        : info(`${signed}. ${result.held}`);
    }
    if (result.kind === 'asked') {
      return done(
        `You asked to override ${step} of ${target}. A second person signs it: ${mention(result.maySign)}, with \`/dr override ${signWords(target, step)}\`.`,
      );
    }
    const { open, mayApprove } = result;
    if (open.length > 0)
      return info(`${step} of plan ${target} is overridden. What still refuses it: ${open.join(', ')}.`);
    return done(
      `${step} of plan ${target} is overridden. The plan now awaits approval by ${mention(mayApprove)}: neither who asked for it nor who overrode a guard may approve it.`,
    );
  },
});
