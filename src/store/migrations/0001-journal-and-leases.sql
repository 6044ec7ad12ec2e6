-- The first shape of the store. Times named `at` and `due_at` are world time in epoch milliseconds; columns of type
-- timestamptz are machine time by this server's clock.

-- One head row per incident: whoever appends locks it, so that an incident's decisions come one after the other.
create table lifeboat.incidents (
  id            text   primary key,
  number        bigint not null unique,
  system        text   not null,
  status        text   not null check (status in ('open', 'resolved')),
  head_sequence bigint not null,
  head_hash     text   not null
);
create unique index one_open_incident_per_system on lifeboat.incidents (system) where status = 'open';
create index incidents_by_system on lifeboat.incidents (system, number desc);

-- Append-only. `body` is the exact text that is hashed: not jsonb, which would store another text.
create table lifeboat.journal (
  incident      text    not null references lifeboat.incidents (id),
  sequence      bigint  not null,
  at            bigint  not null,
  type          text    not null,
  version       integer not null,
  body          text    not null,
  previous_hash text    not null,
  hash          text    not null,
  recorded_at   timestamptz not null default clock_timestamp(),
  primary key (incident, sequence)
);

create function lifeboat.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end;
$$;
create trigger append_only before update or delete on lifeboat.journal
  for each row execute function lifeboat.refuse_change();
create trigger never_truncated before truncate on lifeboat.journal
  for each statement execute function lifeboat.refuse_change();

-- A row is never deleted, so that the epoch of a name only grows. No holder: given back.
create table lifeboat.leases (
  name       text   primary key,
  holder     text,
  epoch      bigint not null,
  expires_at timestamptz not null
);

create table lifeboat.locks (
  name     text   primary key,
  owner    text   not null,
  incident text   not null references lifeboat.incidents (id),
  taken_at bigint not null
);
create index locks_by_owner on lifeboat.locks (owner);

-- A fired or disarmed timer keeps its row, so that arming its id again changes nothing.
create table lifeboat.timers (
  incident text   not null references lifeboat.incidents (id),
  id       text   not null,
  kind     text   not null,
  due_at   bigint not null,
  data     jsonb  not null,
  state    text   not null default 'armed' check (state in ('armed', 'fired', 'disarmed')),
  primary key (incident, id)
);
create index timers_armed on lifeboat.timers (due_at) where state = 'armed';

create table lifeboat.requests (
  id            text   primary key,
  source        text   not null,
  verb          text   not null,
  args          jsonb  not null,
  requested_by  text   not null,
  channel       text   not null,
  reply_to      text,
  at            bigint not null,
  arrival       bigint generated always as identity,
  finished_at   timestamptz
);
create index requests_unfinished on lifeboat.requests (arrival) where finished_at is null;

create table lifeboat.deliveries (
  key          text    primary key,
  incident     text    not null,
  state        text    not null default 'intended' check (state in ('intended', 'sent')),
  external_id  text,
  content_hash text,
  attempts     integer not null default 0,
  last_error   text,
  arrival      bigint generated always as identity
);
create index deliveries_by_incident on lifeboat.deliveries (incident, arrival);

create table lifeboat.cursors (
  projection text   not null,
  incident   text   not null,
  sequence   bigint not null,
  primary key (projection, incident)
);

create table lifeboat.samples (
  system   text   not null,
  subject  text   not null,
  at       bigint not null,
  position bigint,
  value    jsonb  not null,
  primary key (system, subject, at)
);

create table lifeboat.progress (
  run_id   text   not null,
  step     text   not null,
  sentence text   not null,
  at       bigint not null,
  primary key (run_id, step)
);
