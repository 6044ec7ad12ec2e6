import { z } from 'zod';
import type { JsonObject } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, LifeboatError } from '../domain/errors.ts';
import type { Access, System } from '../domain/system.ts';
import { startTimeLimit } from '../domain/time-limit.ts';
import type { CommandRequest, Leases, Requests } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import type { Caller, Command, Form } from './command.ts';
import type { UseCases } from './index.ts';
import { interpret } from './interpret.ts';
import { failed, notRecorded, tooLate } from './problems.ts';
import type { Reply } from './reply.ts';

/** A person's wish, from whichever door it came. */
export interface IncomingRequest {
  /** Envelope or trigger id: the same id twice is one request. */
  id: string;
  source: 'slack' | 'cli';
  /** Undefined: the first word of the text. */
  verb?: string;
  /** The words as they were typed, or already split. */
  text: string | string[];
  user: string;
  channel: string;
  replyTo?: string;
}

export interface Received {
  /** Said within a second; undefined when the answer itself follows shortly. */
  acknowledgement: Reply | undefined;
  /** False when nothing was recorded: refused, answered at once, or a duplicate. */
  accepted: boolean;
}

/** Brings a reply to where it was asked. */
export type DeliverReply = (request: CommandRequest, reply: Reply) => Promise<void>;

export interface Dispatcher {
  readonly commands: readonly Command[];
  /** Parses, authorises, records; then carries it out in the background. Never throws: a refusal is a reply. */
  receive(request: IncomingRequest): Promise<Received>;
  /** Pure: the reply that such a request would be refused with; undefined when it would be recorded or answered. */
  refusal(request: IncomingRequest): Reply | undefined;
  /** The modal for what a button did not bring, said as closely as can be read at once; undefined: nothing is asked. */
  formFor(request: IncomingRequest): Promise<Form | undefined>;
  /** Where the replies to this source go. */
  replyThrough(source: CommandRequest['source'], deliver: DeliverReply): void;
  /** Takes up what a process that died left unfinished, now and every few seconds, until `close()`. */
  resumeUnfinished(): Promise<void>;
  /** Waits for what is being carried out, at most `milliseconds` of machine time; the rest is resumed elsewhere. */
  close(milliseconds?: number): Promise<void>;
}

export interface DispatcherParts {
  store: { requests: Requests; leases: Leases };
  commands: readonly Command[];
  useCases: UseCases;
  access: Access;
  systems: ReadonlyMap<string, System>;
  clock: Clock;
  /** Names this process in leases. */
  holder: string;
  logger: Logger;
}

/** Machine milliseconds within which a request must be recorded, standstills of this process left out. */
const RECORD_WITHIN = 900;
/** Machine milliseconds after which Slack tells the person that nothing came of it, with some to spare of its three seconds. */
const SLACK_WAITS = 2500;
/** Machine milliseconds after which a modal opens without what could have been read for it. */
const FORM_WITHIN = 800;
/** Machine milliseconds: a request whose process died is taken up again after this. */
const LEASE = 6000;
const RENEW_EVERY = 2000;
const LOOK_EVERY = 3000;
/** World milliseconds after which a request is too old to be meant still; the person is told. */
const MEANT_FOR = 30 * 60 * 1000;

/** The one dispatcher behind slash commands, buttons and the terminal: record, acknowledge, carry out, reply. */
export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { store, commands, access, systems, clock, logger } = parts;
  const deliverers = new Map<CommandRequest['source'], DeliverReply>();
  const inHand = new Map<string, Promise<void>>();
  let looking: NodeJS.Timeout | undefined;
  let closing = false;

  const callerOf = ({ user, source }: IncomingRequest): Caller => ({ user, source, access, systems, commands });

  async function reply(request: CommandRequest, answer: Reply): Promise<void> {
    try {
      await deliverers.get(request.source)?.(request, answer);
    } catch (error) {
      logger.warn({ request: request.id, verb: request.verb, reason: describeError(error) }, 'Reply not delivered');
    }
  }

  /** Carries a request out unless another process does; its answer is sent before it counts as finished. */
  async function handle(request: CommandRequest): Promise<void> {
    const name = `request/${request.id}`;
    const token = await store.leases.acquire(name, parts.holder, LEASE);
    if (!token) return;
    const renewal = setInterval(() => void store.leases.renew(token, LEASE).catch(() => false), RENEW_EVERY);
    try {
      // Another process may have carried it out between its recording and this lease.
      if (!(await store.requests.unfinished()).some(({ id }) => id === request.id)) return;
      await reply(request, await answerTo(request));
      await store.requests.finish(request.id);
    } finally {
      clearInterval(renewal);
      await store.leases.release(token);
    }
  }

  async function answerTo(request: CommandRequest): Promise<Reply> {
    const { id, verb, user, source, at } = request;
    const command = commands.find((candidate) => candidate.verb === verb);
    if (!command) return failed(new Error(`no command ${verb}`), { id, notDone: 'Nothing was changed.' });
    const age = clock.now() - at;
    if (age > MEANT_FOR) {
      logger.warn({ request: id, verb, user, age }, 'Request too old to be carried out');
      return tooLate(command);
    }
    try {
      const args: unknown = command.args.parse(StoredArguments.parse(request.args));
      const context = { user, source, at, access, systems, commands, useCases: parts.useCases };
      const answer = await command.run(context, args);
      logger.info({ request: id, verb, user, tone: answer.tone }, 'Request carried out');
      return answer;
    } catch (error) {
      const level = error instanceof LifeboatError ? 'info' : 'error';
      logger[level]({ request: id, verb, user, err: error }, 'Request not carried out');
      return failed(error, { id, notDone: command.notDone });
    }
  }

  function begin(request: CommandRequest): void {
    if (inHand.has(request.id) || closing) return;
    const work = handle(request)
      .catch((error: unknown) => {
        logger.warn(
          { request: request.id, verb: request.verb, reason: describeError(error) },
          'Request left for later',
        );
      })
      .finally(() => inHand.delete(request.id));
    inHand.set(request.id, work);
  }

  async function resume(): Promise<void> {
    for (const request of await store.requests.unfinished()) begin(request);
  }

  return {
    commands,
    replyThrough: (source, deliver) => deliverers.set(source, deliver),

    refusal(incoming) {
      const meant = interpret(incoming, callerOf(incoming));
      return 'reply' in meant && meant.reply.tone === 'refused' ? meant.reply : undefined;
    },

    async formFor(incoming) {
      const meant = interpret(incoming, callerOf(incoming));
      if ('reply' in meant) return commands.find(({ verb }) => verb === incoming.verb)?.form;
      const { form, formFor } = meant.command;
      if (!form || !formFor) return form;
      try {
        const more = await within(FORM_WITHIN, formFor(parts.useCases, meant.args), async () => undefined);
        return { ...form, ...more };
      } catch (error) {
        // Whoever answers has the question before them, on the board.
        logger.info({ request: incoming.id, reason: describeError(error) }, 'Dialog says nothing special');
        return form;
      }
    },

    async receive(incoming) {
      const meant = interpret(incoming, callerOf(incoming));
      if ('reply' in meant) {
        logger.info({ request: incoming.id, user: incoming.user, tone: meant.reply.tone }, 'Request answered at once');
        return { acknowledgement: meant.reply, accepted: false };
      }
      const { command, args, words } = meant;
      try {
        command.precheck?.(parts.useCases, args);
      } catch (error) {
        return { acknowledgement: failed(error, { id: incoming.id, notDone: command.notDone }), accepted: false };
      }
      const request: CommandRequest = {
        id: incoming.id,
        source: incoming.source,
        verb: command.verb,
        args: words,
        user: incoming.user,
        channel: incoming.channel,
        ...(incoming.replyTo === undefined ? {} : { replyTo: incoming.replyTo }),
        at: clock.now(),
      };
      try {
        const recorded = await within(RECORD_WITHIN, store.requests.record(request), () =>
          // It came through after the person was told that it did not: it must not be carried out.
          store.requests.finish(request.id),
        );
        if (recorded === 'new') begin(request);
        logger.info({ request: request.id, verb: request.verb, user: request.user, recorded }, 'Request recorded');
        const how = incoming.verb === undefined ? 'typed' : 'pressed';
        return { acknowledgement: command.acknowledge?.(args, how), accepted: recorded === 'new' };
      } catch (error) {
        logger.error({ request: request.id, verb: request.verb, err: error }, 'Request could not be recorded');
        return { acknowledgement: notRecorded(command), accepted: false };
      }
    },

    async resumeUnfinished() {
      looking ??= setInterval(() => {
        resume().catch((error: unknown) => {
          logger.warn({ reason: describeError(error) }, 'Unfinished requests could not be read');
        });
      }, LOOK_EVERY).unref();
      await resume();
    },

    async close(milliseconds = 10_000) {
      closing = true;
      clearInterval(looking);
      const timer = new AbortController();
      const late = new Promise<void>((settle) => {
        const timeout = setTimeout(settle, milliseconds);
        timer.signal.addEventListener('abort', () => clearTimeout(timeout));
      });
      await Promise.race([Promise.all(inHand.values()), late]);
      timer.abort();
    },
  };
}

const StoredArguments = z.record(z.string(), z.custom<JsonObject[string]>());

/** The result of `work`, unless it takes longer: then that is an error, and `tooLate` runs if it comes after all. */
async function within<T>(milliseconds: number, work: Promise<T>, tooLate: () => Promise<void>): Promise<T> {
  const began = performance.now();
  let timedOut = false;
  let cancel = () => {};
  const timeout = new Promise<never>((_, refuse) => {
    cancel = startTimeLimit(milliseconds, () => {
      timedOut = true;
      refuse(new Error(`nothing was recorded within ${milliseconds} ms`));
    });
  });
  const inTime = work.then(async (result) => {
    if (!timedOut && performance.now() - began < SLACK_WAITS) return result;
    await tooLate();
    throw new Error('it was recorded when Slack no longer waited');
  });
  inTime.catch(() => undefined);
  try {
    return await Promise.race([inTime, timeout]);
  } finally {
    cancel();
  }
}
