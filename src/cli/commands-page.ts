import type { Role } from '../domain/system.ts';
import type { Command } from '../usecases/command.ts';

const ROLES: Record<Role, string> = {
  start: '`start`: asks for plans',
  approve: '`approve`: approves what somebody else has asked for, and signs for exceptions',
  command: '`command`: leads the incident, and stops, retries, skips, overrides and releases',
};

/** `docs/commands.md`, made from what the verbs say of themselves, in the order in which help shows them. Pure. */
export function commandsPage(commands: readonly Command[]): string {
  const rows = commands.map(({ usage, summary, roles }) => {
    const who = roles ? roles.map((role) => `\`${role}\``).join(' or ') : 'everybody';
    return `| \`/dr ${usage.replaceAll('|', '\\|')}\` | ${summary.replaceAll('|', '\\|')} | ${who} |`;
  });
  return [
    '# Commands',
    '',
    'Made by `npx lifeboat commands` from what each verb says of itself; a test keeps it current. All of them are typed in Slack, in',
    'any channel; most stand as a button where they are of use. A mistyped word is answered with the nearest one, and',
    'nothing is done. `[…]` may be left out: where only one incident, run or step can be meant, it is that one.',
    '',
    '| typed | what it does | who may |',
    '|---|---|---|',
    ...rows,
    '',
    'Who may is said by `runbooks/access.yaml`, for each system:',
    '',
    ...Object.values(ROLES).map((role) => `- ${role}`),
    '',
    'Nobody approves the plan that they asked for. A guard that does not hold is passed only with two names: one person',
    'overrides it with a reason, another one signs.',
    '',
  ].join('\n');
}
