import type { z } from 'zod';
import type { JsonObject } from '../domain/action.ts';
import { hasRole, mention } from '../domain/approval.ts';
import { InvalidInput } from '../domain/errors.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import { quoteWord } from '../domain/quote-word.ts';
import { parseArguments, sortWords, splitLine } from './arguments.ts';
import type { Caller, Command } from './command.ts';
import { requireRole, requireSystem } from './find.ts';
import { failed } from './problems.ts';
import type { Reply } from './reply.ts';

/** A command that may be recorded: `words` are its arguments as they were given, by name. */
export interface Meant {
  command: Command;
  args: unknown;
  words: JsonObject;
}

/**
 * Pure: which command a person means, with its arguments, if they may; otherwise the reply that says why not. Reads
 * nothing but what the caller brings.
 */
export function interpret(
  request: { id: string; verb?: string; text: string | string[] },
  caller: Caller,
): Meant | { reply: Reply } {
  let command: Command | undefined;
  try {
    const words = typeof request.text === 'string' ? splitLine(request.text) : [...request.text];
    const verb = (request.verb ?? words.shift() ?? 'help').toLowerCase();
    command = caller.commands.find((candidate) => candidate.verb === verb);
    if (!command) return { reply: mistyped(verb, words, caller) };
    const sorted = sortWords(words, command.grammar, `/dr ${command.usage}`);
    const args: z.infer<typeof command.args> = parseArguments(words, command);
    authorise(command, args, caller, request.verb === undefined ? `use \`/dr ${verb}\`` : deedOf(command));
    if (command.answer) return { reply: command.answer(caller, args) };
    return { command, args, words: sorted };
  } catch (error) {
    const notDone = command?.notDone ?? 'Nothing was changed.';
    return { reply: failed(error, { id: request.id, notDone }) };
  }
}

/** What a button does, as people call it: nobody who pressed it has typed the command. */
function deedOf({ summary }: Command): string {
  return lowerFirst(summary.replace(/[:,].*$/, ''));
}

/** Throws InvalidInput unless the caller has a role of the command: on the system named, or else on any. */
function authorise(command: Command, args: unknown, { access, systems, user }: Caller, deed: string): void {
  const roles = command.rolesFor?.(args) ?? command.roles;
  const system = command.system?.(args);
  if (system !== undefined) requireSystem(systems, system);
  if (!roles || command.judgesRoles) return;
  if (system !== undefined) {
    requireRole(access, system, roles, user, deed);
    return;
  }
  const names = Object.keys(access);
  if (names.some((name) => roles.some((role) => hasRole(access, name, role, user)))) return;
  const may = [...new Set(names.flatMap((name) => roles.flatMap((role) => access[name]?.[role] ?? [])))];
  throw new InvalidInput('access.role', `You may not ${deed}. Ask ${mention(may)}.`);
}

function mistyped(verb: string, words: string[], { commands }: Caller): Reply {
  const match = nearestOrBegun(
    verb,
    commands.map((command) => command.verb),
  );
  const meant = commands.find((command) => command.verb === match);
  const text = `There is no command “${verb.slice(0, 60)}”.`;
  if (!meant) {
    return {
      tone: 'refused',
      text: `${text} Nothing was done. \`/dr help\` shows what there is.`,
      buttons: [{ label: 'Show what I can do', verb: 'help', value: '' }],
    };
  }
  const line = [meant.verb, ...words.map(quoteWord)].join(' ').slice(0, 200);
  return {
    tone: 'refused',
    text: `${text} Did you mean \`/dr ${line}\`? It would: ${lowerFirst(meant.summary)}. Nothing was done.`,
    buttons: [{ label: `Yes, ${meant.verb}`, verb: meant.verb, value: words.map(quoteWord).join(' ') }],
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
