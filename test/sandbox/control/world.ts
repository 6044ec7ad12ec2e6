import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createAuthority } from '../../../sandbox/authority.ts';
import { type Control, startControl } from '../../../sandbox/control/server.ts';
import type { Measurements } from '../../../sandbox/measurements/measurements.ts';
import { type PagerDuty, startPagerDuty } from '../../../sandbox/pagerduty/server.ts';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { System } from '../../../src/domain/system.ts';
import { startTestSlack } from '../slack/workspace.ts';
import { type FixedStage, fixedStage } from './fixed-stage.ts';

export const system = System.parse(parse(readFileSync('runbooks/chatbot/system.yaml', 'utf8')));

export interface Playground {
  world: World;
  slack: Slack;
  pagerDuty: PagerDuty;
  stage: FixedStage;
  control: Control;
  /** Why there is no bot; undefined: it runs again. */
  setBotOutage(why: string | undefined): void;
  close(): Promise<void>;
}

/** A healthy world, its Slack and PagerDuty, and the control API over them; no bot and no databases. */
export async function startPlayground(): Promise<Playground> {
  const now = Date.UTC(2026, 10, 23, 2, 0);
  const anchor = { machine: Date.now(), world: now, speed: 1 };
  const databasePorts = { [system.database.primary.instance]: 1, [system.database.replica.instance]: 2 };
  const state = createWorldState({ system, systemName: 'chatbot', seed: 1, now, databasePorts });
  const world = new World(createWorldClock(anchor), state);
  const slack = await startTestSlack(world);
  const pagerDuty = await startPagerDuty(world, { authority: await createAuthority() });
  const botKeeper = Object.assign(new EventEmitter<{ outage: [] }>(), { outage: () => outage });
  let outage: string | undefined;
  const stage = fixedStage({
    world,
    systemName: 'chatbot',
    system,
    slack,
    pagerDuty,
    measurements: noMeasurements(),
    tools: [],
    runbooks: [],
    setSpeed() {},
    botKeeper,
  });
  const control = await startControl(stage);
  world.start();
  return {
    world,
    slack,
    pagerDuty,
    stage,
    control,
    setBotOutage(why) {
      outage = why;
      botKeeper.emit('outage');
    },
    async close() {
      world.stop();
      await control.close();
      await pagerDuty.close();
      await slack.close();
    },
  };
}

function noMeasurements(): Measurements {
  return Object.assign(new EventEmitter() as Measurements, {
    writes: () => [],
    marks: () => [],
    recovery: () => undefined,
    client: () => ({ acknowledged: 0, failed: 0, lost: 0 }),
    rowsLost: () => 0,
    writable: () => ({}),
    close: async () => undefined,
  });
}
