import { emptyDatabase } from '../support/database.ts';

/** As much of `@dbos-inc/dbos-sdk` as is used here: it is installed for the benchmarks only, so types cannot come from it. */
interface DbosLibrary {
  DBOS: {
    setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string; runAdminServer: boolean }): void;
    registerWorkflow<A extends unknown[]>(
      work: (...args: A) => Promise<void>,
      options: { name: string },
    ): (...args: A) => Promise<void>;
    runStep(work: () => Promise<void>, options: { name: string }): Promise<void>;
    launch(): Promise<void>;
    shutdown(): Promise<void>;
  };
}

/** A durable workflow of DBOS: each step's result is stored before the next begins. */
export interface DbosWorkflow {
  /** One workflow of `count` steps that do nothing, `width` at a time. */
  run(count: number, width: number): Promise<void>;
  close(): Promise<void>;
}

/** A variable, so that the types do not depend on what npm run bench installs. */
const PACKAGE: string = '@dbos-inc/dbos-sdk';

export async function createDbosWorkflow(): Promise<DbosWorkflow> {
  const { DBOS } = (await import(PACKAGE)) as DbosLibrary;
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: await emptyDatabase(), logLevel: 'error', runAdminServer: false });
  const workflow = DBOS.registerWorkflow(
    async (count: number, width: number) => {
      for (let first = 0; first < count; first += width) {
        const wave = Math.min(width, count - first);
        await Promise.all(
          Array.from({ length: wave }, (_, index) =>
            DBOS.runStep(async () => undefined, { name: `s${first + index}` }),
          ),
        );
      }
    },
    { name: 'nothing' },
  );
  await DBOS.launch();
  return { run: (count, width) => workflow(count, width), close: () => DBOS.shutdown() };
}
