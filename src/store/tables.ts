import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** Rows as the migrations make them. Times are world time in epoch milliseconds unless they are timestamps. */
export interface Tables {
  'lifeboat.incidents': {
    id: string;
    number: number;
    system: string;
    status: 'open' | 'resolved';
    head_sequence: number;
    head_hash: string;
  };
  'lifeboat.journal': {
    incident: string;
    sequence: number;
    at: number;
    type: string;
    version: number;
    body: string;
    previous_hash: string;
    hash: string;
    recorded_at: Generated<Date>;
  };
  'lifeboat.leases': { name: string; holder: string | null; epoch: number; expires_at: Date };
  'lifeboat.locks': { name: string; owner: string; incident: string; taken_at: number };
  'lifeboat.watches': { watch: string; incident: string };
  'lifeboat.timers': {
    incident: string;
    id: string;
    kind: string;
    due_at: number;
    data: JSONColumnType<object>;
    state: Generated<'armed' | 'fired' | 'disarmed'>;
  };
  'lifeboat.requests': {
    id: string;
    source: string;
    verb: string;
    args: JSONColumnType<object>;
    requested_by: string;
    channel: string;
    reply_to: string | null;
    at: number;
    arrival: Generated<number>;
    finished_at: ColumnType<Date | null, undefined, Date>;
  };
  'lifeboat.deliveries': {
    key: string;
    incident: string;
    state: Generated<'intended' | 'sent'>;
    external_id: string | null;
    content_hash: string | null;
    attempts: Generated<number>;
    last_error: string | null;
    arrival: Generated<number>;
  };
  'lifeboat.cursors': { projection: string; incident: string; sequence: number };
  'lifeboat.samples': {
    system: string;
    subject: string;
    at: number;
    position: number | null;
    value: JSONColumnType<object>;
  };
  'lifeboat.progress': { run_id: string; step: string; sentence: string; at: number };
}
