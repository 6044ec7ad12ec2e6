import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { describeError, Permanent } from '../../domain/errors.ts';
import type { Logger } from '../../log.ts';
import { clientOptions } from './clients.ts';
import { platformError } from './errors.ts';
import { slackLogger } from './logger.ts';

/**
 * Slack asks a client to connect anew every few hours, and the official client is then away for five seconds and more.
 * Two connections are never refreshed at the same instant; each payload goes to one of them.
 */
const CONNECTIONS = 2;

/** Machine milliseconds. */
const CONNECT_WITHIN = 10_000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
const CLOSE_WITHIN = 1000;

/** Answers of apps.connections.open that no repetition mends. */
const HOPELESS: ReadonlySet<string> = new Set([
  'account_inactive',
  'invalid_auth',
  'not_allowed_token_type',
  'not_authed',
  'token_revoked',
]);

const Envelope = z.object({
  envelope_id: z.string(),
  body: z.record(z.string(), z.unknown()),
  ack: z.custom<(body?: Record<string, unknown>) => Promise<void>>((value) => typeof value === 'function'),
});

export interface SocketReceiverOptions {
  appToken: string;
  apiUrl: string;
  logger: Logger;
}

/** Bolt's receiver over several Socket Mode connections, each replaced at once when it ends. */
export class SocketReceiver implements Receiver {
  readonly #options: SocketReceiverOptions;
  readonly #stopping = new AbortController();
  readonly #open = new Set<SocketModeClient>();
  #slots: Promise<void>[] = [];
  #app: App | undefined;

  constructor(options: SocketReceiverOptions) {
    this.#options = options;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** True while Slack can reach this process. */
  get connected(): boolean {
    return this.#open.size > 0;
  }

  /**
   * Resolves when the first connection stands, or after ten seconds without one: it goes on trying then. Throws
   * Permanent when Slack refuses the token.
   */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const giveUpWaiting = setTimeout(() => {
        this.#options.logger.warn({}, 'Slack cannot be reached yet, connecting goes on');
        resolve();
      }, CONNECT_WITHIN);
      const settled = (error?: Permanent) => {
        clearTimeout(giveUpWaiting);
        if (error) reject(error);
        else resolve();
      };
      this.#slots = Array.from({ length: CONNECTIONS }, (_, slot) => this.#keepConnected(slot, settled));
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#open].map(disconnect));
    await Promise.all(this.#slots);
  }

  async #keepConnected(slot: number, settled: (error?: Permanent) => void): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      const client = this.#client();
      const ended = new Promise<void>((resolve) => {
        client.on('disconnected', () => resolve());
      });
      try {
        await connect(client, signal);
        failures = 0;
        if (signal.aborted) {
          await disconnect(client);
          return;
        }
        this.#open.add(client);
        logger.info({ slot }, 'Connected to Slack');
        settled();
        await ended;
        if (!signal.aborted) logger.info({ slot }, 'Slack ended a connection, opening another');
      } catch (error) {
        failures += 1;
        const code = platformError(error);
        if (code && HOPELESS.has(code)) {
          settled(new Permanent(`slack.${code}`, `Slack refuses SLACK_APP_TOKEN: ${code}.`, { cause: error }));
        }
        if (!signal.aborted)
          logger.warn({ slot, failures, reason: describeError(error) }, 'Connection to Slack failed');
        await disconnect(client);
      } finally {
        this.#open.delete(client);
      }
      if (!signal.aborted) await pause(failures === 0 ? 0 : FIRST_PAUSE * 2 ** Math.min(failures, 7), signal);
    }
  }

  #client(): SocketModeClient {
    const { appToken, apiUrl, logger } = this.#options;
    const client = new SocketModeClient({
      appToken,
      // Replaced here instead: the client's own way waits five seconds, and may end in an unhandled rejection.
      autoReconnectEnabled: false,
      logger: slackLogger(logger),
      clientOptions: clientOptions(apiUrl, CONNECT_WITHIN, logger),
    });
    client.on('slack_event', (message: unknown) => {
      this.#receive(message).catch((error: unknown) => {
        logger.error({ reason: describeError(error) }, 'Slack payload failed');
      });
    });
    return client;
  }

  async #receive(message: unknown): Promise<void> {
    const { body, ack, envelope_id: envelopeId } = Envelope.parse(message);
    let acknowledged = false;
    const event: ReceiverEvent = {
      body,
      customProperties: { envelopeId },
      async ack(answer?: unknown) {
        if (acknowledged) return;
        acknowledged = true;
        await ack(typeof answer === 'string' ? { text: answer } : (answer as Record<string, unknown> | undefined));
      },
    };
    await this.#app?.processEvent(event);
  }
}

/**
 * Connects, or throws: what Slack answered, or that nothing came in time. A client that is closed in the middle of
 * connecting leaves a timer running for ever, so stopping waits for it a moment.
 */
async function connect(client: SocketModeClient, signal: AbortSignal): Promise<void> {
  const giveUp = new AbortController();
  const limit = new Promise<never>((_, reject) => {
    giveUp.signal.addEventListener('abort', () => reject(new Error('Slack sent no hello in time')), { once: true });
  });
  let timer = setTimeout(() => giveUp.abort(), CONNECT_WITHIN);
  const hurry = () => {
    clearTimeout(timer);
    timer = setTimeout(() => giveUp.abort(), CLOSE_WITHIN);
  };
  signal.addEventListener('abort', hurry, { once: true });
  // The client refuses with nothing when its socket closes before the hello.
  const started = client.start().catch((error: unknown) => {
    throw error ?? new Error('Slack closed the connection before its hello');
  });
  // It may still come after it was given up: nobody would ever close it.
  started.then(
    () => (giveUp.signal.aborted ? disconnect(client) : undefined),
    () => undefined,
  );
  try {
    await Promise.race([started, limit]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', hurry);
  }
}

/** Ends a connection; a peer that does not answer is left behind after a second. */
async function disconnect(client: SocketModeClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_WITHIN);
  });
  await Promise.race([client.disconnect().catch(() => undefined), limit]);
  clearTimeout(timer);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, Math.min(milliseconds, LONGEST_PAUSE));
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
