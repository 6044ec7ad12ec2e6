import { loadConfig } from './config.ts';
import { LifeboatError } from './domain/errors.ts';
import { startLifeboat } from './lifeboat.ts';
import { createLogger } from './log.ts';

/** Entry of the process that serves a workspace; a supervisor that opened an IPC channel is told when it is ready. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  const lifeboat = await startLifeboat(config, logger);

  const stop = async (reason: string) => {
    logger.info({ reason }, 'Lifeboat stops');
    await lifeboat.close();
    logger.info('Lifeboat has stopped');
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  // Whoever started this process is gone: nobody would end it any more.
  process.once('disconnect', () => void stop('the supervisor is gone'));
  process.send?.({ type: 'ready', url: lifeboat.url });
}

main().catch((error: unknown) => {
  const sentence = error instanceof LifeboatError ? error.message : error;
  console.error(sentence);
  process.exit(1);
});
