import type { PageEvent, PagerDutyEvents } from '../../src/adapters/pagerduty/events.ts';
import type { ChatMetadata, ChatPort, PostedMessage } from '../../src/adapters/slack/chat.ts';
import { createClock } from '../../src/domain/clock.ts';
import { Permanent } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Store } from '../../src/engine/ports.ts';
import { declared } from '../support/incident.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { openTestStore } from '../support/store.ts';

export const clock = createClock();

export interface ProjectionBench {
  store: Store;
  /** Opens the first incident of a system; its channel is `incident-response`. */
  open(system: string, ...events: IncidentEvent[]): Promise<string>;
  append(incident: string, ...events: IncidentEvent[]): Promise<void>;
  state(incident: string): Promise<IncidentState>;
  /** Events of one type in the journal. */
  journalled<T extends IncidentEvent['type']>(incident: string, type: T): Promise<number>;
  close(): Promise<void>;
}

/** A real store on a database of its own. */
export async function createProjectionBench(): Promise<ProjectionBench> {
  const database = await createTestDatabase();
  const store = await openTestStore(database.connectionString);
  const append = async (incident: string, ...events: IncidentEvent[]) => {
    await store.journal.decide(incident, clock.now(), () => ({ events }));
  };
  return {
    store,
    append,
    async open(system, ...events) {
      const [first] = await store.journal.open(system, clock.now(), {
        events: [{ ...declared, system } as IncidentEvent],
      });
      const incident = first?.incident ?? '';
      if (events.length > 0) await append(incident, ...events);
      return incident;
    },
    async state(incident) {
      const state = await store.journal.state(incident);
      if (!state) throw new Error(`${incident} is gone`);
      return state;
    },
    async journalled(incident, type) {
      return (await store.journal.read(incident)).filter(({ event }) => event.type === type).length;
    },
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

/** A store whose process dies before one of its writes to `deliveries` or `cursors`: that write never happens. */
export function dyingBefore(store: Store, part: 'sent' | 'cursor', of: string): Store {
  const dies = (name: string) => {
    if (name.startsWith(of)) throw new Error('the process died');
  };
  return {
    ...store,
    deliveries: {
      ...store.deliveries,
      sent: async (key, ...rest) => {
        if (part === 'sent') dies(key);
        return store.deliveries.sent(key, ...rest);
      },
    },
    cursors: {
      ...store.cursors,
      set: async (name, ...rest) => {
        if (part === 'cursor') dies(name);
        return store.cursors.set(name, ...rest);
      },
    },
  };
}

export interface FakeMessage extends PostedMessage {
  text: string;
  blocks: unknown[];
  threadTs?: string;
  metadata?: ChatMetadata;
}

export interface FakeChat extends ChatPort {
  messages: FakeMessage[];
  /** Every call that reached Slack, failed or not. */
  calls: string[];
  /** Thrown by the next calls of a method, in order. */
  failing: Partial<Record<'post' | 'update' | 'findByMetadata', unknown[]>>;
}

/** A Slack with one channel, which answers as the adapter does. */
export function createFakeChat(): FakeChat {
  const messages: FakeMessage[] = [];
  const calls: string[] = [];
  const failing: FakeChat['failing'] = {};
  let posted = 0;
  const enter = (method: 'post' | 'update' | 'findByMetadata') => {
    calls.push(method);
    const error = failing[method]?.shift();
    if (error !== undefined) throw error;
  };
  return {
    messages,
    calls,
    failing,
    async post({ text, blocks, threadTs, metadata }) {
      enter('post');
      posted += 1;
      const message = { channel: 'C0INCIDENTS', ts: `1000.${posted}`, text, blocks };
      messages.push({
        ...message,
        ...(threadTs === undefined ? {} : { threadTs }),
        ...(metadata === undefined ? {} : { metadata }),
      });
      return message;
    },
    async update({ ts, text, blocks }) {
      enter('update');
      const message = messages.find((candidate) => candidate.ts === ts);
      if (!message) throw new Permanent('slack.message_not_found', 'Slack refused: message_not_found.');
      Object.assign(message, { text, blocks });
    },
    async findByMetadata({ threadTs, eventType, key }) {
      enter('findByMetadata');
      const found = messages.findLast(
        ({ metadata, threadTs: thread }) =>
          thread === threadTs && metadata?.eventType === eventType && metadata.key === key,
      );
      return found && { channel: found.channel, ts: found.ts, payload: { ...found.metadata } };
    },
    async ephemeral() {},
  };
}

export interface FakePagerDuty extends PagerDutyEvents {
  /** Every page that reached PagerDuty, whatever it answered. */
  received: PageEvent[];
  /** What the next calls meet: `lost` is taken although its answer is lost; an error is thrown and nothing taken. */
  failing: ('lost' | Error)[];
}

export function createFakePagerDuty(lost: () => Error): FakePagerDuty {
  const received: PageEvent[] = [];
  const failing: FakePagerDuty['failing'] = [];
  return {
    received,
    failing,
    async send(page) {
      const failure = failing.shift();
      if (failure === undefined || failure === 'lost') received.push(page);
      if (failure !== undefined) throw failure === 'lost' ? lost() : failure;
    },
  };
}
