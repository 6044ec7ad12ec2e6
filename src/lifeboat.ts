import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { COMMANDS } from '../commands/index.ts';
import { createActions } from './actions/index.ts';
import { observationTimeout } from './adapters/deadline.ts';
import type { Clients } from './adapters/index.ts';
import { createPagerDutyEvents } from './adapters/pagerduty/events.ts';
import { SLACK_PATH, startSlackAdapter } from './adapters/slack/index.ts';
import { loadCatalogue } from './catalogue/load.ts';
import { noClients } from './cli/no-clients.ts';
import type { Config } from './config.ts';
import { connectClients } from './connect-clients.ts';
import { type Catalogue, formatProblem } from './domain/catalogue.ts';
import type { Clock } from './domain/clock.ts';
import { InvalidInput } from './domain/errors.ts';
import { usableCatalogue } from './domain/lint/usable.ts';
import { missingSecrets } from './domain/missing-secrets.ts';
import { readsOnly } from './domain/read-only.ts';
import { restoresPrimary } from './domain/replaced.ts';
import { nestedRunbooks } from './domain/runbook-graph.ts';
import type { System } from './domain/system.ts';
import { timerDecision } from './domain/timer-decision.ts';
import { createChangeHub } from './engine/change-hub.ts';
import type { Store } from './engine/ports.ts';
import { startReconciler } from './engine/reconciler.ts';
import { createRunner } from './engine/runner.ts';
import { startTimers } from './engine/timers.ts';
import { startHttpServer } from './http-server.ts';
import type { Logger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { detectedAt, startObserver } from './observer/index.ts';
import { createPagingProjection } from './projections/paging.ts';
import { startProjection } from './projections/runner.ts';
import { createSlackProjection } from './projections/slack.ts';
import { openQueueWhenPossible } from './queue/resilient.ts';
import { ensureEmbeddedPostgres } from './store/embedded/supervisor.ts';
import { migrate } from './store/migrate.ts';
import { createStore } from './store/store.ts';
import type { PlanRequest, UseCaseDependencies } from './usecases/dependencies.ts';
import { createDispatcher } from './usecases/dispatch.ts';
import { createUseCases } from './usecases/index.ts';
import { makePlan } from './usecases/make-plan.ts';
import { planDifference } from './usecases/plan-drift.ts';
import { makeUndoPlan } from './usecases/undo-plan.ts';
import { startWatches } from './watches/index.ts';

/** Runs that one process advances at the same time. */
const CONCURRENT_RUNS = 50;

export interface Lifeboat {
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  url: string;
  /** Ends everything in reverse order; what is under way is taken up by the next process. */
  close(): Promise<void>;
}

/**
 * Starts everything that serves a workspace in this process: store, engine, observer, Slack, projections. Throws
 * LifeboatError with a sentence for people when it cannot; then nothing is left running.
 */
export async function startLifeboat(config: Config, clock: Clock, logger: Logger): Promise<Lifeboat> {
  const closers: { name: string; close: () => unknown }[] = [];
  const opened = <T>(name: string, thing: T, close: (thing: T) => unknown): T => {
    closers.push({ name, close: () => close(thing) });
    return thing;
  };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      for (const { name, close: end } of closers.splice(0).reverse()) {
        try {
          await end();
        } catch (err) {
          logger.warn({ part: name, err }, 'Part did not end cleanly');
        }
      }
    })();
    return closing;
  };
  try {
    return { url: await start(config, clock, logger, opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Opened = <T>(name: string, thing: T, close: (thing: T) => unknown) => T;

async function start(config: Config, clock: Clock, logger: Logger, opened: Opened): Promise<string> {
  const { slack } = config;
  if (!slack) {
    throw new InvalidInput(
      'config.slack',
      'No Slack workspace is configured: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (or SLACK_SIGNING_SECRET). To try Lifeboat without a workspace, run npm start with no SLACK_ variable set.',
    );
  }
  const holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const observationTimeoutMs = () => observationTimeout(clock);
  const catalogue = await readCatalogue(config, logger);
  const systems = new Map(Object.entries(catalogue.systems).map(([name, { system }]) => [name, system]));
  const missing = missingSecrets(systems, config.hasSecret);
  for (const { name, system, message } of missing)
    logger.error({ variable: name, system, reason: message }, 'Secret is missing');

  const connectionString = await openDatabase(config, logger, opened);
  const store = opened('store', await createStore({ connectionString, logger }), (part) => part.close());
  const changes = opened('changes', await createChangeHub(store.journal), (part) => part.close());
  const clients = opened('clients', connectClients(config, catalogue.access, clock), (part) => part.close());
  const actions = createActions(clients);
  const runner = createRunner({ store, actions, changes, clock, holder, observationTimeoutMs, logger });
  const { queue } = opened(
    'queue',
    await openQueueWhenPossible({
      connectionString,
      logger,
      concurrency: CONCURRENT_RUNS,
      onWake: (incident) => runner.advance(incident),
      ...(config.redisUrl ? { redisUrl: config.redisUrl } : {}),
    }),
    (part) => part.close(),
  );
  // This process takes a run up before the queue has told anybody of it; the queue is for the others.
  const wakes: UseCaseDependencies['queue'] = {
    wake(incident, delay) {
      if (!delay) void runner.advance(incident);
      return queue.wake(incident, delay);
    },
  };
  // Closed before the queue: its handlers wait for the runs that they have woken.
  opened('runner', runner, (part) => part.close());
  opened('reconciler', startReconciler({ journal: store.journal, runner, logger }), (part) => part.close());
  opened('watches', startWatches({ store, actions, changes, clock, holder, logger }), (part) => part.close());
  opened('timers', startTimers({ timers: store.timers, changes, clock, decide: timerDecision, logger }), (part) =>
    part.close(),
  );
  opened('observer', await observe(systems, clients, store, clock, logger), (part) => part.close());

  const useCases = createUseCases(
    useCaseDependencies({ config, catalogue, systems, store, queue: wakes, actions, clock, observationTimeoutMs }),
  );
  const dispatcher = opened(
    'dispatcher',
    createDispatcher({ store, commands: COMMANDS, useCases, access: catalogue.access, systems, clock, holder, logger }),
    (part) => part.close(),
  );
  const adapter = opened('slack', await startSlackAdapter({ config: slack, dispatcher, logger }), (part) =>
    part.close(),
  );
  await dispatcher.resumeUnfinished();

  const incidents = await incidentsToShow(store, systems);
  const shared = { store, changes, holder, incidents, logger };
  const board = createSlackProjection({ store, chat: adapter.chat, clock, logger });
  opened('slack projection', startProjection({ ...shared, projection: board }), (part) => part.close());
  const paging = createPagingProjection({
    store,
    events: createPagerDutyEvents({ host: config.pagerDuty.eventsHost }),
    systems: Object.fromEntries(systems),
    secret: config.secret,
    clock,
    logger,
  });
  opened('paging', startProjection({ ...shared, projection: paging }), (part) => part.close());

  const server = await startHttpServer({
    host: config.host,
    port: config.port,
    metrics: createMetrics({ journal: store.journal, clock }),
    ready: {
      slack: adapter.ready,
      database: async () => void (await store.journal.openIncidents()),
      runbooks: async () => (systems.size > 0 ? undefined : 'No system could be read; run lifeboat lint.'),
      secrets: async () => missing.map(({ message }) => message).join(' ') || undefined,
    },
    ...(adapter.requestListener ? { routes: { [SLACK_PATH]: adapter.requestListener } } : {}),
  });
  opened('http', server, (part) => part.close());
  logger.info({ url: server.url, systems: [...systems.keys()], holder }, 'Lifeboat is ready');
  return server.url;
}

async function readCatalogue(config: Config, logger: Logger): Promise<Catalogue> {
  const found = await loadCatalogue(config.runbooksDirectory);
  const catalogue = usableCatalogue(found, createActions(noClients()));
  for (const { file, line, column, message, suggestion } of catalogue.problems) {
    const hint = suggestion === undefined ? {} : { suggestion };
    logger.error({ at: `${file}:${line}:${column}`, reason: message, ...hint }, 'Runbook file cannot be used');
  }
  return catalogue;
}

async function openDatabase(config: Config, logger: Logger, opened: Opened): Promise<string> {
  if (config.databaseUrl) {
    await migrate(config.databaseUrl, logger);
    return config.databaseUrl;
  }
  const { stateDirectory } = config;
  const embedded = await ensureEmbeddedPostgres({ stateDirectory, logger });
  opened('postgres', embedded, (part) => part.release());
  await migrate(embedded.connectionString, logger);
  return embedded.connectionString;
}

function observe(systems: ReadonlyMap<string, System>, clients: Clients, store: Store, clock: Clock, logger: Logger) {
  const { samples, journal } = store;
  return startObserver({ systems: Object.fromEntries(systems), clients, samples, journal, clock, logger });
}

function useCaseDependencies(parts: {
  config: Config;
  catalogue: Catalogue;
  systems: ReadonlyMap<string, System>;
  store: Store;
  queue: UseCaseDependencies['queue'];
  actions: Parameters<typeof makePlan>[0]['actions'];
  clock: Clock;
  observationTimeoutMs: () => number;
}): UseCaseDependencies {
  const { config, catalogue, systems, store, queue, actions, clock, observationTimeoutMs } = parts;
  const planUndo = async ({ id, incident, requestedBy, reason }: Omit<PlanRequest, 'runbook' | 'systemName'>) => {
    const state = await store.journal.state(incident);
    if (!state) throw new InvalidInput('incident.unknown', `There is no incident ${incident}.`);
    const samples = store.samples.reader(state.system);
    const asked = { requestedBy, ...(reason === undefined ? {} : { reason }) };
    return makeUndoPlan({ ...asked, state, planId: id, actions, samples, clock, observationTimeoutMs });
  };
  return {
    journal: store.journal,
    queue,
    access: catalogue.access,
    systems,
    clock,
    runbook(system, name) {
      const runbooks = catalogue.systems[system]?.runbooks ?? {};
      const found = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
      return (
        found && {
          ...found,
          readOnly: readsOnly(found, runbooks, actions),
          nests: nestedRunbooks(found, runbooks),
          restores: restoresPrimary(found, runbooks),
        }
      );
    },
    runbooks: (system) => Object.keys(catalogue.systems[system]?.runbooks ?? {}).sort(),
    async makePlan({ id, runbook, systemName, undoOf, ...request }) {
      if (undoOf !== undefined) return planUndo({ id, ...request });
      const entry = catalogue.systems[systemName];
      if (!entry) throw new InvalidInput('system.unknown', `There is no system ${systemName}.`);
      return makePlan({
        ...request,
        entry,
        systemName,
        runbookId: runbook,
        planId: id,
        actions,
        samples: store.samples.reader(systemName),
        clock,
        observationTimeoutMs,
      });
    },
    planDifference,
    detectedAt: (system) => detectedAt(store.samples.reader(system), clock.now()),
    incidentChannel: config.incidentChannel,
    problems: () => catalogue.problems.map(formatProblem),
  };
}

/**
 * Open incidents, those of which something is still watched, those with a message or page that did not go out before a
 * restart, and the newest of each system, whose last update may not have.
 */
async function incidentsToShow(store: Store, systems: ReadonlyMap<string, System>): Promise<string[]> {
  const [open, watches, unfinished, newest] = await Promise.all([
    store.journal.openIncidents(),
    store.journal.watches(),
    store.deliveries.unfinished(),
    Promise.all([...systems.keys()].map((system) => store.journal.newestIncident(system))),
  ]);
  const watched = watches.map(({ incident }) => incident);
  return [...new Set([...open, ...watched, ...unfinished, ...newest.filter((id) => id !== undefined)])];
}
