import pg from 'pg';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { type Crew, createCrew } from '../../../sandbox/simulate/crew.ts';
import type { IncidentState } from '../../../src/domain/incident-state.ts';
import type { WatchState } from '../../../src/domain/watch-state.ts';
import { REGION_DOWN, untilTrue } from '../../support/sandbox.ts';

/** Machine milliseconds between two looks at the old primary. */
const LOOK = 5;

export interface Return {
  /** World times: the region answers again, the application has a session there, and nobody can write there any more. */
  returnedAt: number;
  connectedAt: number;
  fencedAt: number;
}

/**
 * Lets the region come back with its database as it was: writable. A client of the application that still knows only the
 * old primary signs in as soon as it can and holds on to it. Resolves when the role may not sign in and has no session,
 * as the world itself sees it.
 */
export async function returnOf(sandbox: Sandbox): Promise<Return> {
  const { clock } = sandbox.world;
  sandbox.world.switchFault(REGION_DOWN, false);
  const returnedAt = clock.now();
  const client = await signIn(sandbox);
  const connectedAt = clock.now();
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  await untilTrue(sandbox, 'the old primary is fenced', () => isFenced(sandbox));
  const fencedAt = clock.now();
  await ended;
  return { returnedAt, connectedAt, fencedAt };
}

/** The people of the sandbox, who type into its Slack. */
export function crewOf({ world, slack, cast, incidentChannel }: Sandbox): Crew {
  return createCrew(world, slack.workspace, cast, incidentChannel);
}

/** Whether the application can neither sign in to the old primary nor has a session there. */
export async function isFenced({ databases, system }: Sandbox): Promise<boolean> {
  const { applicationUsers, primary } = system.database;
  const [row] = await databases.query<{ signs_in: boolean; sessions: number }>(
    primary.instance,
    `SELECT bool_or(rolcanlogin) AS signs_in,
            (SELECT count(*)::int FROM pg_stat_activity WHERE usename = ANY($1)) AS sessions
       FROM pg_roles WHERE rolname = ANY($1)`,
    [applicationUsers],
  );
  return row?.signs_in === false && row.sessions === 0;
}

/** Signs in to the old primary as the application does, as soon as it answers. */
async function signIn({ databases, system, world }: Sandbox): Promise<pg.Client> {
  const { applicationUsers, name, primary } = system.database;
  const password = world.state.kubernetes[primary.region]?.secrets[system.kubernetes.secret.name]?.data.password;
  for (;;) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: databases.endpoints[primary.instance]?.port,
      user: applicationUsers[0],
      password,
      database: name,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (/not permitted/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }
}

/** The watch of this kind of the newest run. */
export function watchIn({ watches }: IncidentState, kind: WatchState['kind']): WatchState | undefined {
  return watches.findLast((watch) => watch.kind === kind);
}

/** What tier 1's telephone said of watches, oldest first. */
export function watchPages({ pagerDuty }: Sandbox): { status: string; summary: string }[] {
  return pagerDuty
    .incidents()
    .filter(({ dedupKey, service }) => dedupKey.includes('/watch/') && service === 'SRE rotation')
    .map(({ status, summary }) => ({ status, summary }));
}

/** The board as Slack shows it, as one text. */
export function boardOf({ slack, incidentChannel }: Sandbox): string {
  const { workspace } = slack;
  const board = workspace
    .messages(workspace.channel(incidentChannel).id)
    .find(({ metadata }) => metadata?.event_payload.key === 'slack/board/INC-1');
  return JSON.stringify(board?.blocks ?? []);
}
