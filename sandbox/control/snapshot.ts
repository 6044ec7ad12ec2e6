import type { System } from '../../src/domain/system.ts';
import type { ProductClient } from '../client/client.ts';
import type { PagerDuty } from '../pagerduty/server.ts';
import type { PagerDutyIncident } from '../pagerduty/state.ts';
import type { Slack } from '../slack/server.ts';
import type { Channel, Ephemeral, Message, Person, View } from '../slack/state.ts';
import type { WorkspaceChange } from '../slack/workspace.ts';
import type { Call, Fault } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { FAULTS, type FaultKind } from './faults.ts';
import { type Picture, picture } from './picture.ts';

/** The parts of a running sandbox that can be watched and played with. */
export interface ControlParts {
  systemName: string;
  system: System;
  slack: Pick<Slack, 'workspace'>;
  pagerDuty: Pick<PagerDuty, 'incidents' | 'press'>;
  client?: Pick<ProductClient, 'outcomes'>;
}

/** A page without its routing key, which is a secret. */
export type Page = Omit<PagerDutyIncident, 'routingKey'>;

/** Everything that is to be seen, at one moment. Times are world time, epoch milliseconds. */
export interface Snapshot {
  version: 1;
  system: { name: string; title: string; regions: string[] };
  clock: { now: number; speed: number };
  people: Person[];
  channels: Channel[];
  messages: Record<string, Message[]>;
  ephemerals: Ephemeral[];
  views: Record<string, View[]>;
  faults: Fault[];
  faultKinds: FaultKind[];
  pages: Page[];
  picture: Picture;
}

/** What `/events` says after its first snapshot. */
export type ControlEvent =
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'slack'; change: WorkspaceChange }
  | { type: 'fault'; fault: Fault; on: boolean }
  | { type: 'pages'; pages: Page[] }
  | { type: 'call'; call: Call }
  | { type: 'world'; clock: Snapshot['clock']; picture: Picture };

export function snapshot(world: World, parts: ControlParts): Snapshot {
  const { state } = parts.slack.workspace;
  return {
    version: 1,
    system: { name: parts.systemName, title: parts.system.title, regions: Object.values(parts.system.regions) },
    clock: clockOf(world),
    people: state.people,
    channels: state.channels,
    messages: state.messages,
    ephemerals: state.ephemerals,
    views: state.views,
    faults: world.state.faults,
    faultKinds: FAULTS,
    pages: pagesOf(parts),
    picture: pictureOf(world, parts),
  };
}

export function clockOf(world: World): Snapshot['clock'] {
  return { now: world.clock.now(), speed: world.clock.speed() };
}

export function pagesOf(parts: ControlParts): Page[] {
  return parts.pagerDuty.incidents().map(({ routingKey: _secret, ...page }) => page);
}

export function pictureOf(world: World, parts: ControlParts): Picture {
  return picture(world.state, parts.system, world.clock.now(), parts.client?.outcomes());
}
