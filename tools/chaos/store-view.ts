import pg from 'pg';

/** A lease as it stands; `live` says whether it has a holder and has not expired. */
export interface LeaseRow {
  name: string;
  holder: string | null;
  epoch: number;
  live: boolean;
}

/** Who appended one event, as the database saw it: the process, and whoever held the lease of the run at that moment. */
export interface Append {
  incident: string;
  sequence: number;
  type: string;
  /** What the process that appended calls itself; null: it is none of the bots. */
  process: string | null;
  run: string | null;
  holder: string | null;
  epoch: number | null;
  live: boolean | null;
}

export interface Rows {
  leases: LeaseRow[];
  timers: { id: string; state: string }[];
  locks: { name: string; owner: string }[];
  watches: string[];
  deliveries: { key: string; state: string; lastError: string | null }[];
  cursors: { projection: string; incident: string; sequence: number }[];
  appends: Append[];
}

/** The tables of a store, seen from outside of Lifeboat. Every method throws while the server is away. */
export interface StoreView {
  /** Lets the database note for every event which process appended it: `chaos.process` is a setting of each bot's sessions. */
  noteAppends(): Promise<void>;
  /** The lease of the newest run; undefined when nobody holds one. */
  runLease(): Promise<LeaseRow | undefined>;
  rows(): Promise<Rows>;
  /** Deletes every row of the queue's tables. */
  emptyQueue(): Promise<void>;
  close(): Promise<void>;
}

const NOTE_APPENDS = `
create schema chaos;
create table chaos.appends (
  incident text, sequence bigint, type text, process text, run text, holder text, epoch bigint, live boolean
);
create function chaos.note_append() returns trigger language plpgsql as $$
declare
  run_id text := new.body::jsonb ->> 'runId';
  lease record;
begin
  select holder, epoch, expires_at > clock_timestamp() as live into lease from lifeboat.leases where name = run_id;
  insert into chaos.appends values (
    new.incident, new.sequence, new.type, current_setting('chaos.process', true), run_id,
    lease.holder, lease.epoch, lease.live
  );
  return null;
end;
$$;
create trigger note_append after insert on lifeboat.journal for each row execute function chaos.note_append();
`;

const LEASES = `select name, holder, epoch::int as epoch,
  holder is not null and expires_at > clock_timestamp() as live from lifeboat.leases`;

export function openStoreView(connectionString: string): StoreView {
  const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 2000, query_timeout: 5000 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const all = async <Row>(sql: string): Promise<Row[]> => (await pool.query(sql)).rows as Row[];

  return {
    async noteAppends() {
      await pool.query(NOTE_APPENDS);
    },
    async runLease() {
      // Projections and watches have a slash in the names of their leases.
      const [lease] = await all<LeaseRow>(
        `${LEASES} where name not like '%/%' and holder is not null order by name desc limit 1`,
      );
      return lease;
    },
    async rows() {
      const watches = await all<{ watch: string }>('select watch from lifeboat.watches');
      return {
        leases: await all(`${LEASES} order by name`),
        timers: await all('select id, state from lifeboat.timers order by id'),
        locks: await all('select name, owner from lifeboat.locks order by name'),
        watches: watches.map(({ watch }) => watch),
        deliveries: await all('select key, state, last_error as "lastError" from lifeboat.deliveries order by key'),
        cursors: await all('select projection, incident, sequence::int as sequence from lifeboat.cursors'),
        appends: await all(
          `select incident, sequence::int as sequence, type, process, run, holder, epoch::int as epoch, live
             from chaos.appends order by incident, sequence`,
        ),
      };
    },
    async emptyQueue() {
      const tables = await all<{ name: string }>(
        `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name
           from pg_tables where schemaname = 'lifeboat_queue' and tablename not ilike '%migration%'`,
      );
      for (const { name } of tables) await pool.query(`delete from ${name}`);
    },
    close: () => pool.end(),
  };
}
