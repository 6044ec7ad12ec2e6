import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Clock } from '../../src/domain/clock.ts';
import { click } from './acts/click.ts';
import { command } from './acts/command.ts';
import { say } from './acts/say.ts';
import type { Click, FilledIn, Seen } from './acts/seen.ts';
import { closeView, submitView } from './acts/view.ts';
import type { Delivery } from './delivery.ts';
import type { Channel, Ephemeral, Message, Person, ResponseUrl, SlackState, View } from './state.ts';
import { Triggers } from './triggers.ts';

/** What changed, for those who watch: the page, the prompt, the simulation. */
export type WorkspaceChange =
  | { type: 'message'; message: Message }
  | { type: 'message-changed'; message: Message }
  | { type: 'message-deleted'; channel: string; ts: string }
  | { type: 'ephemeral'; message: Ephemeral }
  | { type: 'ephemeral-changed'; message: Ephemeral }
  | { type: 'ephemeral-deleted'; to: string; channel: string; ts: string }
  | { type: 'views'; user: string; views: View[] }
  | { type: 'channel'; channel: Channel };

interface WorkspaceEvents {
  change: [WorkspaceChange];
}

const RESPONSE_URL_VALID = 30 * 60_000;
const RESPONSE_URL_USES = 5;

/**
 * The workspace and the people in it. The Web API and response URLs change it from the app's side; `command`,
 * `click` and `submitView` are what a person does in the client, and resolve with what that person then sees.
 */
export class Workspace extends EventEmitter<WorkspaceEvents> {
  readonly clock: Clock;
  readonly state: SlackState;
  readonly triggers: Triggers;
  delivery: Delivery;
  /** Where this server listens: `http://127.0.0.1:port`. */
  origin = '';

  constructor(clock: Clock, state: SlackState, delivery: Delivery, triggers = new Triggers()) {
    super();
    this.clock = clock;
    this.state = state;
    this.delivery = delivery;
    this.triggers = triggers;
  }

  /** A slash command typed into `channel` (id or name): `/dr failover chatbot`. Throws for an unknown person or channel. */
  command(user: string, channel: string, line: string): Promise<Seen> {
    const person = this.person(user);
    return command(this, person, this.channelFor(person, channel), line);
  }

  /** Something said in `channel` (id or name), or in the thread of `threadTs`. Throws, in a sentence, when it cannot be. */
  say(user: string, channel: string, text: string, threadTs?: string): Message {
    const person = this.person(user);
    return say(this, person, this.channelFor(person, channel), text, threadTs);
  }

  /** A button pressed, or an option chosen, in a message that this person sees. */
  click(user: string, what: Click): Promise<Seen> {
    return click(this, this.person(user), what);
  }

  /** The top modal of this person sent off, with what they filled in. */
  submitView(user: string, filledIn: FilledIn = {}): Promise<Seen> {
    return submitView(this, this.person(user), filledIn);
  }

  closeView(user: string): Promise<Seen> {
    return closeView(this, this.person(user));
  }

  /** By id or by name; throws when nobody is called that. */
  person(user: string): Person {
    const person = this.state.people.find(({ id, name }) => id === user || name === user);
    if (person) return person;
    const names = this.state.people.map(({ name }) => name).join(', ');
    throw new Error(`nobody here is called "${user}"; there are ${names}`);
  }

  /** By id or by name, with or without `#`; throws when there is none. */
  channel(channel: string): Channel {
    const found = this.findChannel(channel);
    if (found) return found;
    throw this.#noChannel(channel);
  }

  /** The same, of what this person sees: somebody else's direct messages are not there for them. */
  channelFor(person: Person, channel: string): Channel {
    const found = this.channel(channel);
    if (found.directTo === undefined || found.directTo === person.id) return found;
    throw this.#noChannel(channel);
  }

  /** Direct messages have no name of their own: they are found by their id only. */
  findChannel(channel: string): Channel | undefined {
    const name = channel.replace(/^#/, '');
    return this.state.channels.find(
      (candidate) => candidate.id === channel || (candidate.directTo === undefined && candidate.name === name),
    );
  }

  #noChannel(channel: string): Error {
    const named = this.state.channels.filter(({ directTo }) => directTo === undefined);
    const names = named.map(({ name }) => `#${name}`).join(', ');
    return new Error(`there is no channel "${channel}"; there are ${names}`);
  }

  /** The direct conversation between the bot and this person, opened when there is none yet; nobody else sees it. */
  directChannel(person: Person): Channel {
    const existing = this.state.channels.find(({ directTo }) => directTo === person.id);
    if (existing) return existing;
    const channel = { id: `D${person.id.slice(1)}`, name: 'directmessage', directTo: person.id };
    this.state.channels.push(channel);
    this.state.messages[channel.id] = [];
    this.emit('change', { type: 'channel', channel });
    return channel;
  }

  messages(channel: string): Message[] {
    return this.state.messages[channel] ?? [];
  }

  message(channel: string, ts: string): Message | undefined {
    return this.messages(channel).find((message) => message.ts === ts);
  }

  ephemeral(channel: string, to: string, ts: string): Ephemeral | undefined {
    return this.state.ephemerals.find((e) => e.channel === channel && e.to === to && e.ts === ts);
  }

  /** The next timestamp: world time, and greater than every one before. */
  nextTs(): string {
    const micros = Math.max(Math.round(this.clock.now() * 1000), this.state.lastTs + 1);
    this.state.lastTs = micros;
    return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    this.state.serial += 1;
    return `${prefix}${String(this.state.serial).padStart(9, '0')}`;
  }

  post(draft: Omit<Message, 'ts'>): Message {
    const message = { ...draft, ts: this.nextTs() };
    const list = this.state.messages[message.channel] ?? [];
    this.state.messages[message.channel] = list;
    list.push(message);
    this.emit('change', { type: 'message', message });
    return message;
  }

  changed(message: Message): void {
    this.emit('change', { type: 'message-changed', message });
  }

  remove(message: Message): void {
    this.state.messages[message.channel] = this.messages(message.channel).filter(({ ts }) => ts !== message.ts);
    this.emit('change', { type: 'message-deleted', channel: message.channel, ts: message.ts });
  }

  whisper(draft: Omit<Ephemeral, 'ts'>): Ephemeral {
    const message = { ...draft, ts: this.nextTs() };
    this.state.ephemerals.push(message);
    this.emit('change', { type: 'ephemeral', message });
    return message;
  }

  ephemeralChanged(message: Ephemeral): void {
    this.emit('change', { type: 'ephemeral-changed', message });
  }

  removeEphemeral({ channel, to, ts }: Ephemeral): void {
    this.state.ephemerals = this.state.ephemerals.filter((e) => e.ts !== ts || e.to !== to);
    this.emit('change', { type: 'ephemeral-deleted', channel, to, ts });
  }

  views(user: string): View[] {
    return this.state.views[user] ?? [];
  }

  setViews(user: string, views: View[]): void {
    this.state.views[user] = views;
    this.emit('change', { type: 'views', user, views });
  }

  /** A URL that this interaction may be answered through: five times, within 30 minutes of machine time. */
  responseUrl(entry: Pick<ResponseUrl, 'kind' | 'channel' | 'user' | 'original'>): string {
    const path = `/${entry.kind}/${this.state.team.id}/${this.nextId('')}/${randomUUID().replaceAll('-', '')}`;
    this.state.responseUrls[path] = {
      ...entry,
      expiresAt: Date.now() + RESPONSE_URL_VALID,
      usesLeft: RESPONSE_URL_USES,
    };
    return `${this.origin}${path}`;
  }
}
