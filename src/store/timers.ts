import { z } from 'zod';
import type { JsonObject } from '../domain/action.ts';
import { describeError, Retryable } from '../domain/errors.ts';
import { TIMER_KINDS, type Timer, type Timers } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import { type Appended, append } from './append.ts';
import type { Database } from './database.ts';
import type { Folds } from './folds.ts';
import { lockHead } from './heads.ts';

/** Timers of so many incidents fire side by side, on as many of the pool's eight connections. */
const LINES = 4;

const TimerRow = z.object({
  incident: z.string(),
  id: z.string(),
  kind: z.enum(TIMER_KINDS),
  due_at: z.number(),
  data: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
});

/**
 * Durable timers. A timer whose `decide` throws stays armed, the others fire all the same, and the first error is
 * thrown at the end.
 */
export function createTimers(database: Database, folds: Folds, logger: Logger): Timers {
  async function fire(
    now: number,
    due: { incident: string; id: string },
    decide: Parameters<Timers['fireDue']>[1],
  ): Promise<Timer | undefined> {
    const fired = await database.transaction(async (tx): Promise<(Appended & { timer: Timer }) | undefined> => {
      // The head row first, as every decision does: a decision that disarms this timer has either come before, and is
      // seen below, or comes after. Nobody waits for a head while holding a timer.
      const head = await lockHead(tx, due.incident);
      const row = await tx
        .selectFrom('lifeboat.timers')
        .select(['incident', 'id', 'kind', 'due_at', 'data'])
        .where('incident', '=', due.incident)
        .where('id', '=', due.id)
        .where('state', '=', 'armed')
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!row) return undefined;
      const { incident, id, kind, due_at: dueAt, data } = TimerRow.parse(row);
      const timer: Timer = { incident, id, kind, dueAt, data };
      await tx
        .updateTable('lifeboat.timers')
        .set({ state: 'fired' })
        .where('incident', '=', incident)
        .where('id', '=', id)
        .execute();
      const state = await folds.at(tx, head);
      if (!state) throw new Error(`the journal of ${incident} is empty`);
      return { ...(await append(tx, head, state, now, decide(timer, state, now))), timer };
    });
    if (fired) folds.committed(fired.state, fired.hash);
    return fired?.timer;
  }

  return {
    async fireDue(now, decide) {
      const due = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.timers')
          .select(['incident', 'id'])
          .where('state', '=', 'armed')
          .where('due_at', '<=', Math.floor(now))
          .orderBy('due_at')
          .orderBy('id')
          .execute(),
      );
      const fired = new Map<object, Timer>();
      const errors: unknown[] = [];
      let away: Retryable | undefined;
      // Those of one incident come one after another anyway; the lines share what is left of the incidents.
      const incidents = Map.groupBy(due, ({ incident }) => incident).values();
      const line = async () => {
        for (const timers of incidents) {
          for (const one of timers) {
            if (away) return;
            try {
              const timer = await fire(now, one, decide);
              if (timer) fired.set(one, timer);
            } catch (error) {
              if (error instanceof Retryable) {
                away = error;
                return;
              }
              logger.error(
                { incident: one.incident, timer: one.id, reason: describeError(error) },
                'Timer did not fire',
              );
              errors.push(error);
            }
          }
        }
      };
      await Promise.all(Array.from({ length: LINES }, line));
      if (away) throw away;
      if (errors.length > 0) throw errors[0];
      return due.map((one) => fired.get(one)).filter((timer) => timer !== undefined);
    },

    async nextDueAt() {
      const row = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.timers')
          .select('due_at')
          .where('state', '=', 'armed')
          .orderBy('due_at')
          .limit(1)
          .executeTakeFirst(),
      );
      return row?.due_at;
    },
  };
}
