import { z } from 'zod';
import { hasRole } from '../src/domain/approval.ts';
import type { Access, Role } from '../src/domain/system.ts';
import { type Caller, type Command, defineCommand } from '../src/usecases/command.ts';
import { info, type Reply, type ReplyButton } from '../src/usecases/reply.ts';

export const help = defineCommand({
  verb: 'help',
  summary: 'Show what you can do',
  usage: 'help',
  grammar: { positionals: [], rest: 'about', flags: [] },
  args: z.object({ about: z.string().optional() }),
  notDone: 'Nothing was changed.',
  answer: menu,
  run: async (context) => menu(context),
});

/** What this caller may do, and buttons for what one does first. */
function menu({ user, access, systems, commands }: Caller): Reply {
  const mine = commands.filter(({ roles }) => !roles || holdsAny(access, roles, user));
  const startable = [...systems.keys()].filter((system) => hasRole(access, system, 'start', user));
  const buttons: ReplyButton[] = [
    { label: 'What is going on?', verb: 'status', value: '' },
    ...startable
      .slice(0, 4)
      .map((system) => ({ label: `Plan a failover of ${system}`, verb: 'failover', value: system })),
  ];
  return info('This is what you can do:', { lines: mine.map(line), buttons });
}

function line({ usage, summary }: Command): string {
  return `\`/dr ${usage}\`  ${summary}`;
}

function holdsAny(access: Access, roles: readonly Role[], user: string): boolean {
  return Object.keys(access).some((system) => roles.some((role) => hasRole(access, system, role, user)));
}
