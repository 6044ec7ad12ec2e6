import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Catalogue } from '../src/domain/catalogue.ts';
import { createWorldClock } from '../src/domain/clock.ts';
import type { System } from '../src/domain/system.ts';
import type { Logger } from '../src/log.ts';
import { createSecrets } from './aws/secrets-manager/create.ts';
import { entryOf, newBeginning, savedBeginning } from './beginning.ts';
import { botEnvironment } from './bot-environment.ts';
import { BotKeeper, type BotOutage } from './bot-keeper.ts';
import { type BotProcess, startBot } from './bot-process.ts';
import { type ProductClient, startClient } from './client/client.ts';
import type { Outcome } from './client/statistics.ts';
import { runbooksOf } from './control/runbooks.ts';
import type { RunbookPicture, ToolCommand } from './control/wire.ts';
import type { DnsServers } from './dns/index.ts';
import { type Foundations, startFoundations } from './foundations.ts';
import { startMeasurements } from './measurements/index.ts';
import type { Measurements } from './measurements/measurements.ts';
import type { PagerDuty } from './pagerduty/server.ts';
import { Parts } from './parts.ts';
import { type Cast, castFor } from './people.ts';
import { keepSaved } from './saved/keeper.ts';
import type { loadSavedWorld } from './saved/saved-world.ts';
import { serveWorld } from './serve-world.ts';
import type { Slack } from './slack/server.ts';
import { systemsOfWorld } from './systems-of-world.ts';
import { writeToolSettings } from './tools/commands.ts';
import { followDatabases } from './tools/follow-databases.ts';
import { reachableDatabases } from './world/database-address.ts';
import type { Topology } from './world/topology.ts';
import { World } from './world/world.ts';

export interface SandboxOptions {
  catalogue: Catalogue;
  runbooksDirectory: string;
  systemName: string;
  seed: number;
  /** World seconds per second. */
  speed: number;
  /** What stands behind the name of the primary database; absent: as usual. A world that goes on keeps its own. */
  topology?: Topology | undefined;
  /** Folder of this sandbox alone. */
  directory: string;
  /** Keeps the world in `directory`, so that it can go on later; absent: the folder is disposable. */
  keep?: boolean;
  /** The world that was kept there, to go on with; it has its own seed. */
  earlier?: Awaited<ReturnType<typeof loadSavedWorld>>;
  logger: Logger;
  /**
   * Told, in a sentence, what becomes of a bot that ended by itself: it is started again. Absent: such an end is a
   * failure of the sandbox.
   */
  sayOfBot?: (sentence: string) => void;
  /** Once it is aborted the sandbox is about to be closed: no bot is started any more. */
  ending?: AbortSignal;
  /** Variables of the bot's besides those that lead it into the world, for example REDIS_URL. */
  environment?: Record<string, string>;
}

/** A region-sized world on one machine, and the real bot in it. */
export interface Sandbox extends Omit<Foundations, 'authority'> {
  world: World;
  systemName: string;
  system: System;
  cast: Cast;
  incidentChannel: string;
  slack: Slack;
  pagerDuty: PagerDuty;
  dns: DnsServers;
  client: ProductClient;
  measurements: Measurements;
  /** Commands for people's own tools. */
  tools: ToolCommand[];
  /** What people can start in it. */
  runbooks: RunbookPicture[];
  /** World seconds per second from now on, for the world, the client and the bot; 0 pauses. */
  setSpeed(speed: number): void;
  bot(): BotProcess;
  /**
   * Starts another bot beside the first, over the same store; nobody starts it again. `environment` is added to that of
   * the first. Whoever started it ends it before the sandbox is closed.
   */
  startBeside(environment?: Record<string, string>): Promise<BotProcess>;
  /** Tells why no bot runs, as long as none does. */
  botKeeper: BotOutage;
  /** Ends the bot with this signal and starts it again: SIGKILL is the crash, SIGTERM the deployment. */
  restartBot(signal: 'SIGKILL' | 'SIGTERM'): Promise<BotProcess>;
  /** What went wrong in the background; shown by the next `assertAlive()`. */
  fail(error: unknown): void;
  /** Throws when the bot ended by itself or something in the background failed. */
  assertAlive(): void;
  close(): Promise<void>;
}

/**
 * Starts the world of one system, everything that serves it on 127.0.0.1, the client of the product, and the bot.
 * Throws InvalidInput, in a sentence, when the system cannot be simulated; then nothing is left running.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const parts = new Parts();
  try {
    return await assemble(options, parts);
  } catch (error) {
    // Why it does not start counts more than what fails at its end.
    await parts.close().catch(() => undefined);
    throw error;
  }
}

async function assemble(options: SandboxOptions, parts: Parts): Promise<Sandbox> {
  const { catalogue, systemName, seed, speed, directory, logger, topology } = options;
  let failure: unknown;
  const entry = entryOf(catalogue, systemName);
  const { system } = entry;
  const cast = castFor(catalogue.access, systemName);
  await mkdir(directory, { recursive: true });

  const { earlier } = options;
  const beginning = earlier
    ? savedBeginning(earlier.saved)
    : await newBeginning(entry, { systemName, seed, speed, ...(topology && { topology }) });
  const { anchor, passwords, routingKeys } = beginning;
  beginning.state.secrets ??= createSecrets(system, beginning.state);
  // A world that goes on stands still until everybody is there: nothing may pass that its bot does not see.
  const world = new World(createWorldClock({ ...anchor, speed: earlier ? 0 : anchor.speed }), beginning.state);
  let waits = earlier !== undefined;
  const foundations = await startFoundations(world, parts, {
    system,
    directory,
    passwords,
    saved: earlier?.saved,
    logger,
  });
  const { authority, databases, store, storeUrl, stateDirectory } = foundations;

  const served = await serveWorld(world, parts, {
    system,
    cast,
    authority,
    databases,
    routingKeys,
    saved: earlier?.saved,
  });
  const { aws, kubernetes, dns, edge, slack, pagerDuty, resolver } = served;
  world.start();
  parts.onClose(() => world.stop());

  const kubeconfig = join(directory, 'kubeconfig.yaml');
  const certificate = join(directory, 'authority.pem');
  await writeFile(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
  await writeFile(certificate, authority.certificate);
  const environment = {
    ...options.environment,
    ...botEnvironment({
      system,
      runbooksDirectory: options.runbooksDirectory,
      stateDirectory,
      kubeconfig,
      certificate,
      passwords,
      routingKeys,
      slack,
      aws,
      dns,
      edge,
      pagerDuty,
    }),
  };
  await aws.backupsKept;
  const client = await parts.keep(
    startClient(
      {
        url: new URL('/messages', system.endpoints.health).href,
        proxyUrl: edge.proxyUrl,
        resolver,
        certificate: authority.certificate,
        clock: world.clock,
        firstNumber: firstNumberAfter(earlier?.outcomes ?? []),
      },
      earlier?.outcomes,
    ),
    (part) => part.close(),
  );
  if (options.keep) {
    const { certificate: own, key } = authority;
    const rest = {
      systemName,
      passwords,
      routingKeys,
      authority: { certificate: own, key },
      kubernetesToken: kubernetes.token,
      ports: served.ports,
    };
    const keeper = keepSaved(directory, {
      ...{ world, slack, client, rest },
      speed: () => (waits ? anchor.speed : world.clock.speed()),
      onFailure: fail,
    });
    parts.onClose(() => keeper.close());
  }

  const systemNames = systemsOfWorld(catalogue, systemName);
  const measurements = await parts.keep(
    startMeasurements(world, {
      systemName,
      system,
      systems: new Map(
        systemNames.flatMap((name) => (catalogue.systems[name] ? [[name, catalogue.systems[name].system]] : [])),
      ),
      client,
      databases,
      store,
    }),
    (part) => part.close(),
  );
  const toolEndpoints = {
    directory: resolve(directory, 'tools'),
    system,
    kubeconfig,
    certificate,
    awsEndpoint: aws.account,
    passwords,
    dns,
    proxyUrl: edge.proxyUrl,
  };
  const tools = await writeToolSettings({ ...toolEndpoints, databases: reachableDatabases(world.state) });
  const toolFiles = followDatabases(world, toolEndpoints, fail);
  parts.onClose(() => toolFiles.close());

  const logFile = join(directory, 'bot.log');
  const botKeeper = new BotKeeper({
    start: (signal) => startBot({ environment, clock: world.clock, logFile, signal }),
    logFile,
    say: options.sayOfBot,
    fail,
    ending: options.ending,
  });
  parts.onClose(() => botKeeper.close());
  await botKeeper.start();
  waits = false;
  if (world.clock.speed() !== anchor.speed) world.setSpeed(anchor.speed);
  return {
    world,
    systemName,
    system,
    cast,
    incidentChannel: 'incident-response',
    slack,
    pagerDuty,
    databases,
    dns,
    client,
    store,
    storeUrl,
    stateDirectory,
    measurements,
    tools,
    runbooks: runbooksOf(catalogue, systemNames),
    setSpeed: (speed) => world.setSpeed(speed),
    bot: () => botKeeper.current(),
    startBeside: (more) => startBot({ environment: { ...environment, ...more }, clock: world.clock, logFile }),
    botKeeper,
    restartBot: (signal) => botKeeper.restart(signal),
    fail,
    assertAlive() {
      if (failure !== undefined) throw failure;
    },
    close: () => parts.close(),
  };

  function fail(error: unknown): void {
    failure ??= error;
  }
}

/** Numbers that were under way when an earlier client ended were never reported; none is used twice. */
function firstNumberAfter(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((highest, { number }) => Math.max(highest, number), 0) + (outcomes.length > 0 ? 1000 : 1);
}
