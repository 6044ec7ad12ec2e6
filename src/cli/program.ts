import { Command, CommanderError, Option } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { describeError, LifeboatError } from '../domain/errors.ts';
import { EXIT, EXIT_HELP, exitCodeOf } from './exit-codes.ts';

export interface Terminal {
  env: NodeJS.ProcessEnv;
  out: (text: string) => void;
  err: (text: string) => void;
}

/**
 * Runs one verb of the terminal and returns the exit status (see `EXIT`). Parts that a verb needs are loaded when it is
 * used, so that `lint` and `help` are quick.
 */
export async function runCli(words: string[], { env, out, err }: Terminal): Promise<number> {
  let code: number = EXIT.fine;
  const program = new Command('lifeboat')
    .description('Carries a team through disaster recovery.')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .showSuggestionAfterError()
    .addHelpText('after', `\n${EXIT_HELP}`);

  program
    .command('start')
    .description('serve the Slack workspace that the SLACK_ variables name; without any, a simulated world')
    .action(unreachable);
  program
    .command('simulate')
    .argument('<system/runbook>')
    .description('carry a runbook through a simulated disaster (see simulate --help)')
    .action(unreachable);
  program
    .command('lint')
    .argument('[folder]', 'the folder that holds access.yaml and the systems (RUNBOOKS_DIR, else runbooks)')
    .option('--runbooks <folder>', 'the same')
    .option('--json', 'print the result as JSON')
    .description('check all runbooks, without asking any infrastructure')
    .action(async (folder: string | undefined, { json, runbooks }: { json?: true; runbooks?: string }) => {
      // The rest of the environment may be half set: it is not needed to read files.
      const config = loadConfig(only(env, ['RUNBOOKS_DIR', 'HOME_REGION']));
      const { lint } = await import('./lint.ts');
      const directory = folder ?? runbooks ?? config.runbooksDirectory;
      code = await lint({ directory, homeRegion: config.homeRegion, json: json ?? false, write: out });
    });
  program
    .command('plan')
    .argument('<system/runbook>')
    .argument('[name=value...]', 'parameters of the runbook')
    .addOption(
      new Option('--mode <mode>', 'how to carry it out (the first that the runbook has)').choices([
        'emergency',
        'planned',
      ]),
    )
    .option('--param <name=value>', 'the same as name=value; repeatable', collect, [])
    .option('--runbooks <folder>', 'your own runbooks (RUNBOOKS_DIR, else runbooks)')
    .option('--json', 'print the plan as JSON')
    .description('show what a runbook would change now; reads only')
    .action(async (subject: string, values: string[], options: PlanOptions) => {
      const { plan } = await import('./plan.ts');
      const { mode, param, json = false, runbooks } = options;
      const params = [...values, ...param];
      const config = withoutSlack(withRunbooks(env, runbooks));
      code = await plan({ subject, mode, params, json, config, write: out });
    });
  program
    .command('status')
    .argument('[system or incident]')
    .option('--runbooks <folder>', 'your own runbooks (RUNBOOKS_DIR, else runbooks)')
    .option('--json', 'print the result as JSON')
    .description('show open incidents; works without Slack')
    .action(async (subject: string | undefined, { json, runbooks }: { json?: true; runbooks?: string }) => {
      const { status } = await import('./status.ts');
      const config = withoutSlack(withRunbooks(env, runbooks));
      code = await status({ subject, json: json ?? false, config, write: out });
    });
  program
    .command('actions')
    .description('print what every action does, takes and needs (docs/actions.md)')
    .action(async () => {
      const [{ actionsPage }, { createActions }, { noClients }] = await Promise.all([
        import('./actions-page.ts'),
        import('../actions/index.ts'),
        import('./no-clients.ts'),
      ]);
      out(actionsPage(createActions(noClients())));
    });
  program
    .command('commands')
    .description('print what can be typed behind /dr, and who may (docs/commands.md)')
    .action(async () => {
      const [{ commandsPage }, { COMMANDS }] = await Promise.all([
        import('./commands-page.ts'),
        import('../../commands/index.ts'),
      ]);
      out(commandsPage(COMMANDS));
    });
  program
    .command('policies')
    .option('--runbooks <folder>', 'your own runbooks (RUNBOOKS_DIR, else runbooks)')
    .option('--into <folder>', 'where the files go', 'deploy/policies')
    .description('write the least privilege of every runbook: IAM policies, Kubernetes roles, SQL grants')
    .action(async ({ runbooks, into }: { runbooks?: string; into: string }) => {
      const { policies } = await import('./policies.ts');
      const directory = runbooks ?? loadConfig(only(env, ['RUNBOOKS_DIR'])).runbooksDirectory;
      code = await policies({ directory, into, write: out });
    });
  program
    .command('schema')
    .argument('[folder]', 'the runbooks folder; the files go to its schema/')
    .description('write the JSON Schemas with which editors complete and check runbooks')
    .action(async (folder: string | undefined) => {
      const { writeSchemas } = await import('./schema.ts');
      const directory = folder ?? loadConfig(only(env, ['RUNBOOKS_DIR'])).runbooksDirectory;
      for (const path of await writeSchemas(directory)) out(`${path}\n`);
    });
  program
    .command('migrate')
    .description('bring the database at DATABASE_URL up to this release')
    .action(async () => {
      const { migrateDatabase } = await import('./migrate.ts');
      await migrateDatabase(withoutSlack(env), out);
    });

  if (words.length === 0) {
    program.outputHelp();
    return EXIT.fine;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (error instanceof LifeboatError) err(`${error.message}\n`);
    else
      err(
        `Lifeboat itself failed: ${error instanceof Error ? (error.stack ?? error.message) : describeError(error)}\n`,
      );
    return exitCodeOf(error);
  }
}

interface PlanOptions {
  mode?: string;
  param: string[];
  json?: true;
  runbooks?: string;
}

/** The launcher (bin/lifeboat.mjs) hands these verbs to other programs. */
function unreachable(): never {
  throw new Error('start it through bin/lifeboat.mjs');
}

function only(env: NodeJS.ProcessEnv, names: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

/** What is typed goes before what the environment says. */
function withRunbooks(env: NodeJS.ProcessEnv, runbooks: string | undefined): NodeJS.ProcessEnv {
  return runbooks === undefined ? env : { ...env, RUNBOOKS_DIR: runbooks };
}

/** The terminal does not speak to Slack, so it also works while the workspace is half configured. */
function withoutSlack(env: NodeJS.ProcessEnv): Config {
  const names = Object.keys(env).filter((name) => !/^(SLACK_|LIFEBOAT_CONTAINER$|KUBERNETES_SERVICE_HOST$)/.test(name));
  return loadConfig(only(env, names));
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
