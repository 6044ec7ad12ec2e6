import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { readSignIns } from '../../adapters/postgres/roles.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { lockOf, promotedOf } from './database.ts';
import { NEW_PRIMARY_EXAMPLE, NewPrimary } from './endpoint.ts';
import { allowSignIn, signInChange } from './sign-in.ts';

export const unfence = (clients: Clients) =>
  defineAction({
    id: 'postgres.unfence',
    summary: 'Give the application its sign-in back, on the new primary',
    effect: 'reversible',
    input: NewPrimary,
    output: z.object({ endpoint: z.string(), roles: z.array(z.string()) }),
    repeat: 'LOGIN on a role that has it changes nothing; it names the server by its endpoint.',
    permissions: { sql: ['CONNECT', 'CREATEROLE, and ADMIN OPTION on database.applicationUsers'] },
    examples: [NEW_PRIMARY_EXAMPLE],
    dependsOn: (input, system) => [{ region: promotedOf(input, system).region }],
    writes: (input, system) => [lockOf(promotedOf(input, system))],
    expectedSeconds: () => 2,
    withoutUndo: 'it follows a promotion, and without it nobody could write to the new primary',
    async observe({ system, signal }, input) {
      const { applicationUsers } = system.database;
      return clients.postgres.use(targetOf(clients, system, input), signal, async (session) => {
        const { maySignIn } = await readSignIns(session, applicationUsers, signal);
        return { facts: { maySignIn }, measurements: {} };
      });
    },
    change: (observed, { endpoint }, { system }) => ({
      changes: system.database.applicationUsers
        .filter((role) => !observed?.facts.maySignIn.includes(role))
        .map((role) =>
          signInChange(role, endpoint, observed ? 'taken away' : 'taken away, if the fence was replicated'),
        ),
    }),
    // Roles are replicated: a fence that the replica had received before it was promoted stands on the new primary too.
    async run(context, input) {
      const { system, signal } = context;
      const { applicationUsers } = system.database;
      const changes: Change[] = [];
      await context.waitUntil(() =>
        clients.postgres.use(targetOf(clients, system, input), signal, async (session) => {
          if ((await readReplication(session, signal)).role === 'replica') {
            context.progress(`${input.endpoint} is still in recovery`);
            return undefined;
          }
          await allowSignIn(session, context, input.endpoint, changes);
          return true;
        }),
      );
      return { outputs: { endpoint: input.endpoint, roles: applicationUsers }, changes };
    },
  });
