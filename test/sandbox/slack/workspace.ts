import { App, type Logger, LogLevel } from '@slack/bolt';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { PEOPLE } from '../../../sandbox/slack/people.ts';
import { type Slack, type SlackOptions, startSlack } from '../../../sandbox/slack/server.ts';
import type { WorkspaceChange } from '../../../sandbox/slack/workspace.ts';
import type { WorldState } from '../../../sandbox/world/state.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';

/** A world with nothing in it; `speed` world seconds a machine second. */
export function emptyWorld(speed = 1): World {
  const anchor = { machine: Date.now(), world: Date.UTC(2026, 10, 23, 2, 0), speed };
  const state: WorldState = {
    version: 1,
    seed: 1,
    startedAt: anchor.world,
    ordinals: {},
    scheduled: [],
    faults: [],
    calls: [],
    transitions: [],
    rds: {},
    route53: { zones: {}, changes: {} },
    elbv2: {},
    kubernetes: {},
  };
  return new World(createWorldClock(anchor), state);
}

/** Machine milliseconds in which every app answers. */
const PATIENT = 20_000;

export function startTestSlack(world = emptyWorld(), options: Partial<SlackOptions> = {}): Promise<Slack> {
  const channels = ['incident-response', 'general'];
  return startSlack(world, { people: PEOPLE, channels, answerWithin: PATIENT, ...options });
}

export const INCIDENT_RESPONSE = 'C0INCIDENTRESPONSE';

/** The clients log each refusal, which here is what is tested. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** The official client, without its half hour of retries. */
export function client(slack: Slack): WebClient {
  return new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });
}

/** Bolt in Socket Mode, as the product uses it. */
export function boltApp(slack: Slack): App {
  return new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logger: silent,
  });
}

/** Resolves with the next change of this type. */
export function nextChange<T extends WorkspaceChange['type']>(
  slack: Slack,
  type: T,
): Promise<Extract<WorkspaceChange, { type: T }>> {
  return new Promise((resolve) => {
    const listener = (change: WorkspaceChange) => {
      if (!is(change, type)) return;
      slack.workspace.off('change', listener);
      resolve(change);
    };
    slack.workspace.on('change', listener);
  });
}

function is<T extends WorkspaceChange['type']>(
  change: WorkspaceChange,
  type: T,
): change is Extract<WorkspaceChange, { type: T }> {
  return change.type === type;
}

/** What the platform refused with. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return { ...error.data };
    throw error;
  }
  throw new Error('the call was accepted');
}

export const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
