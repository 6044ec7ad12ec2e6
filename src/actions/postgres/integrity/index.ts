import { z } from 'zod';
import type { Clients } from '../../../adapters/index.ts';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { defineAction, type ObserveContext } from '../../../domain/action.ts';
import { Permanent } from '../../../domain/errors.ts';
import { anotherPoint } from '../another-point.ts';
import { atPlace, instanceOf, nameOf, type Place, placeShape } from '../place.ts';
import { assess } from './assess.ts';
import { verdictOf } from './verdict.ts';

const Output = z.object({
  /** `none`, `index`, `table` or `rows`; a look that was cut short before it found damage throws. */
  damage: z.string(),
  /** Whether that needs a restore: a damaged index alone does not. */
  restoreNeeded: z.boolean(),
  /** Names of damaged indexes and tables, and of foreign keys with orphans. */
  objects: z.array(z.string()),
  /** Rows whose parent is gone. */
  orphans: z.int(),
  /** The last moment at which deleted rows are known to have been there, ISO 8601 in UTC; '' when that cannot be told. */
  knownGood: z.string(),
  sentence: z.string(),
  /** What to do next. */
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

/** Machine seconds for a check before the run: amcheck reads some 10 GB in it. What takes longer people have to know. */
export const LONGEST_LOOK = 60;
/** Machine milliseconds for one check of a run: a large index takes minutes. */
const LONGEST_CHECK = 30 * 60_000;

export const integrity = (clients: Clients) =>
  defineAction({
    id: 'postgres.integrity',
    summary: 'Check tables, indexes and foreign keys of a database, and say what is damaged',
    effect: 'read',
    input: z.strictObject({
      ...placeShape,
      /** The step fails when anything is damaged: what has been restored must be sound. */
      mustBeSound: z.boolean().default(false),
    }),
    output: Output,
    repeat: 'It only reads, in a session that cannot write.',
    permissions: {
      iam: ['rds:DescribeDBInstances'],
      sql: [
        'CONNECT',
        'SELECT on database.tables',
        'EXECUTE on bt_index_check and verify_heapam (amcheck)',
        'EXECUTE on pg_get_wal_records_info (pg_walinspect)',
        'pg_monitor',
      ],
    },
    examples: [
      { title: 'The primary', with: {} },
      {
        title: 'What was restored',
        with: { endpoint: 'chatbot-prod-restored.c1a2b3.us-east-1.rds.amazonaws.com', port: 5432, mustBeSound: true },
      },
    ],
    dependsOn: (input, system) => [{ region: instanceOf(input, system).region }],
    writes: () => [],
    // amcheck reads some 200 MB/s.
    expectedSeconds: () => 60,
    observationSeconds: LONGEST_LOOK,
    async observe(context, input) {
      const measurements = await look(clients, context, input, LONGEST_LOOK * 1000);
      if (measurements.damage === 'unknown') {
        throw new Permanent('integrity.incomplete', `${measurements.sentence} ${measurements.advice}`);
      }
      return { facts: {}, measurements };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      context.progress(`Checking ${nameOf(input, context.system)}`);
      const outputs = await context.waitUntil(() => look(clients, context, input, LONGEST_CHECK));
      // Cut short it has not seen everything.
      context.signal.throwIfAborted();
      if (input.mustBeSound && outputs.damage !== 'none') {
        throw new Permanent('integrity.damaged', `${outputs.sentence} ${anotherPoint(context)}`);
      }
      return { outputs, changes: [], finding: { sentence: `${outputs.sentence} ${outputs.advice}` } };
    },
  });

async function look(
  clients: Clients,
  context: ObserveContext,
  place: Place,
  statementTimeoutMs: number,
): Promise<Output> {
  // A log that was restored is another, whose positions nobody has sampled.
  const sampled = place.endpoint === undefined ? instanceOf(place, context.system).instance : undefined;
  const check = (session: PostgresSession) => assess(session, context, sampled);
  const found = await atPlace(clients, context, place, check, { statementTimeoutMs });
  const { indexes, tables, broken, orphans, knownGoodAt } = found;
  const { damage, sentence, advice } = verdictOf(found, nameOf(place, context.system));
  return {
    ...{ damage, orphans, sentence, advice },
    restoreNeeded: damage === 'table' || damage === 'rows',
    objects: [...tables, ...indexes, ...broken],
    knownGood: knownGoodAt === undefined ? '' : new Date(knownGoodAt).toISOString(),
  };
}
