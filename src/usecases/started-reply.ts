import { mention } from '../domain/approval.ts';
import { measuredWords } from '../domain/measured-words.ts';
import { isReadOnly } from '../domain/read-only.ts';
import { overrideLine } from '../domain/refused-plan.ts';
import { done, type Reply } from './reply.ts';
import type { Started } from './start.ts';
import { waitedAlready } from './waited-already.ts';

/** What is told to `user`, who asked for a runbook to be started, once its plan is there. */
export function startedReply(started: Started, user: string): Reply {
  const { incident, plan, joined, replaces, runId } = started;
  if (runId !== undefined) {
    const where = joined ? '' : ` ${incident} is opened for it, and nobody is paged.`;
    return done(
      `${runId} looks, and changes nothing, so it has begun without an approval.${where} The board says what it finds.`,
    );
  }
  if (started.waitedAlready) return waitedAlready(started, user);
  const served =
    started.usersServed && plan.mode === 'emergency'
      ? `Users are served, as Lifeboat sees it: if nothing is wrong, \`/dr resolve ${incident}\` ends the paging. `
      : '';
  const opened = isReadOnly(plan) ? 'is opened, and nobody is paged' : 'is declared';
  const where = joined ? '' : ` ${incident} ${opened}.`;
  const warnings = plan.warnings ? { lines: plan.warnings } : {};
  if (plan.verdict === 'ready' && replaces !== undefined) {
    return done(
      `${served}Plan ${plan.id} waits for approval by ${mention(started.mayApprove)}: that aborts ${replaces}, and it starts when that has ended. Nothing was changed yet.`,
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
      ...failed.map(({ title, measured, reason: why }) => measuredWords(`${title} (${measured}). ${why ?? ''}`).trim()),
      ...(plan.warnings ?? []),
      ...(override === undefined ? [] : [`A commander may pass it, on the record: ${override}.`]),
    ],
  };
}
