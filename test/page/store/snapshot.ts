import type { RecoveryPicture, Snapshot } from '../../../sandbox/control/wire.ts';
import type { Message, Person } from '../../../sandbox/slack/state.ts';

/** 2026-03-01 03:00:00 UTC. */
export const DETECTED = Date.UTC(2026, 2, 1, 3, 0, 0);

export const CHANNEL = 'C0INCIDENTRESPONSE';

export const REQUESTER: Person = { id: 'U0REQUESTER', name: 'requester', realName: 'Robin Requester' };
export const APPROVER: Person = { id: 'U0APPROVER', name: 'approver', realName: 'Ada Approver' };
export const COMMANDER: Person = { id: 'U0COMMANDER', name: 'commander', realName: 'Cleo Commander' };
export const BYSTANDER: Person = { id: 'U0BYSTANDER', name: 'bystander', realName: 'Billie Bystander' };

/** A healthy world in which nothing was said or done yet. */
export function snapshotWith(change: Partial<Snapshot> = {}): Snapshot {
  return {
    version: 2,
    world: 1,
    system: {
      name: 'chatbot',
      title: 'AI Chatbot',
      regions: ['us-east-1', 'us-west-2'],
      primary: 'us-east-1',
      secondary: 'us-west-2',
      record: 'api.chatbot.com',
      deployments: ['chatbot-api'],
      rtoSeconds: { P0: 900, P1: 3600 },
      rpoSeconds: 300,
      escalation: [{ tier: 1, contact: 'SRE rotation', afterSeconds: 0 }],
    },
    systems: [
      { name: 'chatbot', title: 'AI Chatbot' },
      { name: 'shop', title: 'Shop' },
    ],
    seed: 1,
    clock: { now: DETECTED, speed: 10 },
    people: [REQUESTER, APPROVER, COMMANDER, BYSTANDER],
    channels: [{ id: CHANNEL, name: 'incident-response' }],
    messages: { [CHANNEL]: [] },
    ephemerals: [],
    views: {},
    commands: [],
    runbooks: [],
    faults: [],
    faultKinds: [],
    pages: [],
    picture: {
      dns: { record: 'api.chatbot.com', ttlSeconds: 60, resolvers: [] },
      loadBalancers: {},
      pods: {},
      databases: [],
      underWay: [],
    },
    writes: [],
    marks: [],
    calls: [],
    tools: [],
    ...change,
  };
}

export function recoveryWith(change: Partial<RecoveryPicture> = {}): RecoveryPicture {
  return {
    incident: 'INC-1',
    title: 'Primary region failure',
    severity: 'P0',
    status: 'open',
    detectedAt: DETECTED,
    rtoSeconds: 900,
    rpoSeconds: 300,
    downtimeSeconds: 0,
    ...change,
  };
}

/** A message of the bot, in the incident channel; `key` as its metadata carries it. */
export function messageOf(ts: string, change: Partial<Message> & { key?: string } = {}): Message {
  const { key, ...rest } = change;
  return {
    ts,
    channel: CHANNEL,
    user: 'U0LIFEBOAT',
    text: 'said',
    ...(key !== undefined && { metadata: { event_type: 'lifeboat_message', event_payload: { key } } }),
    ...rest,
  };
}
