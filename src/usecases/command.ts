import type { z } from 'zod';
import type { Access, Role, System } from '../domain/system.ts';
import type { Grammar } from './arguments.ts';
import type { UseCases } from './index.ts';
import type { Reply } from './reply.ts';

/** Who asks, and what is known without asking anything. */
export interface Caller {
  user: string;
  source: 'slack' | 'cli';
  access: Access;
  systems: ReadonlyMap<string, System>;
  commands: readonly Command[];
}

export interface CommandContext extends Caller {
  /** World time at which it was asked, epoch milliseconds. */
  at: number;
  useCases: UseCases;
}

/** The modal that asks for one argument. */
export interface Form {
  argument: string;
  title: string;
  consequence: string;
  label: string;
  placeholder: string;
  submit: string;
  /** A word or a line is asked for, and not a paragraph. */
  oneLine?: true;
  /** With this switch nothing is asked. */
  unless?: string;
}

/** One verb: the same for `/dr <verb>`, for buttons (`dr:<verb>` with the arguments as value) and for the terminal. */
export interface Command<A extends z.ZodType = z.ZodType> {
  verb: string;
  /** What it does, in the imperative; shown by help and when a verb was mistyped. */
  summary: string;
  /** The line as it is typed, with placeholders, without `/dr`. */
  usage: string;
  /** Any of these is needed, on the system concerned; absent: everybody may. */
  roles?: readonly Role[];
  /** Which of them these arguments need; absent: any. */
  rolesFor?(args: z.infer<A>): readonly Role[];
  /** The use case judges the roles, since who may depends on more: nobody approves the plan they asked for. */
  judgesRoles?: true;
  grammar: Grammar;
  /** From the names of the grammar to typed arguments. */
  args: A;
  /** The system that the arguments name, so that the role is checked before anything is read. */
  system?(args: z.infer<A>): string | undefined;
  /** What did not happen when it fails: `No plan was made, and nothing was changed.` */
  notDone: string;
  /** Asked for in a modal when a button does not bring this argument. */
  form?: Form;
  /** What the modal says about just this, where it can be read at once. */
  formFor?(useCases: UseCases, args: z.infer<A>): Promise<Partial<Form>>;
  /** Throws what is known without I/O and stands against it; such a request is not recorded. */
  precheck?(useCases: UseCases, args: z.infer<A>): void;
  /** Said at once, before anything is read; absent or undefined: the answer itself follows shortly. */
  acknowledge?(args: z.infer<A>, how: 'typed' | 'pressed'): Reply | undefined;
  /** Answers from what is known without I/O; such a request is not recorded. */
  answer?(caller: Caller, args: z.infer<A>): Reply;
  run(context: CommandContext, args: z.infer<A>): Promise<Reply>;
}

/** Keeps the type of the arguments while a command is written; the list of commands sees `Command`. */
export function defineCommand<A extends z.ZodType>(command: Command<A>): Command {
  return command as unknown as Command;
}
