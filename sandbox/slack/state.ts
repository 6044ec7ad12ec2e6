import { TEAM } from './app.ts';

/**
 * The simulated workspace as plain data: it can be written to a file and read back. Message timestamps (`ts`) are
 * world time; what Slack limits in time (triggers, response URLs) is machine time, epoch milliseconds.
 */
export interface SlackState {
  team: { id: string; domain: string; name: string };
  people: Person[];
  channels: Channel[];
  /** By channel id, oldest first. */
  messages: Record<string, Message[]>;
  ephemerals: Ephemeral[];
  /** Open modals by user id; the last one is on top. */
  views: Record<string, View[]>;
  responseUrls: Record<string, ResponseUrl>;
  /** The last `ts` given out, in microseconds: timestamps only ever grow. */
  lastTs: number;
  serial: number;
}

export interface Person {
  id: string;
  /** What the prompt's `as` takes: requester, approver, commander, bystander. */
  name: string;
  realName: string;
}

export interface Channel {
  id: string;
  /** Without the `#`. */
  name: string;
  /** The other person of a direct message. */
  directTo?: string;
}

export type Block = Record<string, unknown> & { type: string; block_id?: string };

export interface MessageMetadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

export interface Message {
  ts: string;
  channel: string;
  /** Author: the bot's user id, a person's, or USLACKBOT. */
  user: string;
  botId?: string;
  text: string;
  blocks?: Block[];
  metadata?: MessageMetadata;
  /** `ts` of the thread's first message, when this is a reply. */
  threadTs?: string;
  /** A reply that is also shown in the channel. */
  broadcast?: boolean;
  editedTs?: string;
  reactions?: { name: string; users: string[] }[];
}

/** A message that only `to` sees; gone after they reload. */
export interface Ephemeral extends Message {
  to: string;
}

/** The value of one input, as Slack's payloads carry it. */
export type StateValue = { type: string } & Record<string, unknown>;
export type StateValues = Record<string, Record<string, StateValue>>;

export interface View {
  id: string;
  type: 'modal';
  callbackId: string;
  title: Block;
  submit?: Block;
  close?: Block;
  blocks: Block[];
  privateMetadata: string;
  externalId: string;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  rootViewId: string;
  previousViewId?: string;
  hash: string;
}

export interface ResponseUrl {
  kind: 'commands' | 'actions';
  channel: string;
  user: string;
  /** Machine time, epoch milliseconds. */
  expiresAt: number;
  usesLeft: number;
  /** The message that the interaction came from, which `replace_original` and `delete_original` mean. */
  original?: { ts: string; ephemeral: boolean };
}

/** A workspace with these people and channels (names without `#`) and nothing said yet. */
export function createSlackState(people: Person[], channels: string[]): SlackState {
  const list = channels.map((name) => ({ id: channelId(name), name }));
  return {
    team: TEAM,
    people,
    channels: list,
    messages: Object.fromEntries(list.map(({ id }) => [id, []])),
    ephemerals: [],
    views: {},
    responseUrls: {},
    lastTs: 0,
    serial: 0,
  };
}

/** Channel ids follow from names, so that a saved command line or link keeps its meaning. */
export function channelId(name: string): string {
  return `C0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
}
