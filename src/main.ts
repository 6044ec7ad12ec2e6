import { receiveMessage } from './clock-message.ts';
import { loadConfig } from './config.ts';
import { createClock, createWorldClock } from './domain/clock.ts';
import { InvalidInput, LifeboatError } from './domain/errors.ts';
import { startLifeboat } from './lifeboat.ts';
import { createLogger } from './log.ts';

/** Machine milliseconds that a graceful end may take: Docker and Kubernetes wait ten seconds or more. */
const STOP_LIMIT = 8000;

/** Entry of the process that serves a workspace; a supervisor that opened an IPC channel is told when it is ready. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  const worldClock = config.clock && createWorldClock(config.clock);
  process.on('message', (message) => receiveMessage(message, worldClock, logger));
  const starting = startLifeboat(config, worldClock ?? createClock(), logger);

  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'Lifeboat stops');
    // What is not closed in time dies with the process; its leases run out and the next process goes on.
    setTimeout(() => process.exit(0), STOP_LIMIT).unref();
    starting
      .then((lifeboat) => lifeboat.close())
      .then(
        () => logger.info('Lifeboat has stopped'),
        () => undefined,
      )
      .finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGHUP', () => stop('SIGHUP'));
  // Whoever started this process is gone: nobody would end it any more.
  process.once('disconnect', () => stop('the supervisor is gone'));

  const lifeboat = await starting;
  process.send?.({ type: 'ready', url: lifeboat.url });
}

main().catch((error: unknown) => {
  const sentence = error instanceof LifeboatError ? error.message : error;
  console.error(sentence);
  // As the terminal's verbs: 2 is a wrong configuration.
  process.exit(error instanceof InvalidInput ? 2 : 1);
});
