import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COMMANDS } from '../../commands/index.ts';
import { validateBlocks } from '../../sandbox/slack/blocks/validate.ts';
import { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState, PlanState, RunState, StepState } from '../../src/domain/incident-state.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { buildGallery } from '../../tools/gallery/build.ts';
import { chatbotPlan } from '../../tools/gallery/chatbot-plan.ts';
import type { Exhibit, Gallery } from '../../tools/gallery/item.ts';
import { chatbot } from '../support/incident.ts';

/** Every value of a union, so that a new one does not compile until it stands here, and then has to be shown. */
const all = <Union extends string>(values: Record<Union, true>): Union[] => Object.keys(values) as Union[];

const PLANS = all<PlanState['status']>({
  'awaiting approval': true,
  refused: true,
  approved: true,
  rejected: true,
  voided: true,
  expired: true,
});
const RUNS = all<RunState['status']>({
  running: true,
  paused: true,
  aborting: true,
  finished: true,
});
const OUTCOMES = all<NonNullable<RunState['outcome']>>({
  recovered: true,
  'recovered with exceptions': true,
  finished: true,
  failed: true,
  aborted: true,
});
const STEPS = all<StepState['status']>({
  waiting: true,
  running: true,
  'backing off': true,
  succeeded: true,
  failed: true,
  skipped: true,
  'left out': true,
});
const INCIDENTS = all<IncidentState['status']>({ open: true, resolved: true });
const TONES = all<Reply['tone']>({ info: true, done: true, refused: true, failed: true });

/** Where refusals come from; those of the planner are about files, which lint reads before: one stands for them. */
const PLANNER = [
  'make-plan.ts',
  'plan-parameters.ts',
  'provisional-input.ts',
  'observe-step.ts',
  'judge-guards.ts',
  'plan-step.ts',
  'undo-plan.ts',
];
const USE_CASES = readdirSync(new URL('../../src/usecases', import.meta.url)).filter((file) => !PLANNER.includes(file));

let gallery: Gallery;
let exhibits: Exhibit[];
beforeAll(async () => {
  const built = await buildGallery(new Date(0));
  gallery = built.gallery;
  exhibits = built.groups.flatMap((group) => group.exhibits);
});

const boards = () => statesOf('board-');
const cards = () => statesOf('plan-');
function statesOf(prefix: string): IncidentState[] {
  return exhibits.flatMap(({ item, state }) => (item.id.startsWith(prefix) && state ? [state] : []));
}
const missing = <T>(wanted: readonly T[], shown: Iterable<T | undefined>) => {
  const seen = new Set(shown);
  return wanted.filter((one) => !seen.has(one));
};

describe('the gallery shows', () => {
  test('what the board says after every event of an incident', () => {
    const types = IncidentEvent.options.map(({ shape }) => shape.type.value);
    const told = exhibits
      .filter(({ item }) => item.kind === 'message')
      .flatMap(({ journal = [] }) => journal.map(({ event }) => event.type));

    expect(types.length).toBeGreaterThan(20);
    expect(missing(types, told)).toEqual([]);
  });

  test('a thread with every event of an incident', () => {
    const types = IncidentEvent.options.map(({ shape }) => shape.type.value);
    const told = exhibits
      .filter(({ item }) => item.kind === 'thread')
      .flatMap(({ journal = [] }) => journal.map(({ event }) => event.type));

    expect(missing(types, told)).toEqual([]);
  });

  test('a board for every state of an incident, its newest plan, its run and its outcome', () => {
    expect(
      missing(
        INCIDENTS,
        boards().map(({ status }) => status),
      ),
    ).toEqual([]);
    expect(
      missing(
        RUNS,
        boards().map(({ run }) => run?.status),
      ),
    ).toEqual([]);
    expect(
      missing(
        OUTCOMES,
        boards().map(({ run }) => run?.outcome),
      ),
    ).toEqual([]);
    expect(
      missing(
        PLANS,
        boards().map(({ plans }) => plans.at(-1)?.status),
      ),
    ).toEqual([]);
  });

  test('a board for every state of a step', () => {
    const shown = boards().flatMap(({ run }) => Object.values(run?.steps ?? {}).map(({ status }) => status));

    expect(missing(STEPS, shown)).toEqual([]);
  });

  test('a card for every state of a plan', () => {
    expect(
      missing(
        PLANS,
        cards().flatMap(({ plans }) => plans.map(({ status }) => status)),
      ),
    ).toEqual([]);
  });

  test('a reply of every tone, and one of every verb', () => {
    const replies = exhibits.filter(({ reply }) => reply);

    expect(
      missing(
        TONES,
        replies.map(({ reply }) => reply?.tone),
      ),
    ).toEqual([]);
    expect(
      missing(
        COMMANDS.map(({ verb }) => verb),
        replies.map(({ verb }) => verb),
      ),
    ).toEqual([]);
  });

  test('every refusal that the use cases know', () => {
    const files = ['../../src/domain/approval.ts', ...USE_CASES.map((file) => `../../src/usecases/${file}`)];
    const sources = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
    const codes = sources.flatMap((source) =>
      [...source.matchAll(/new (?:InvalidInput|Retryable|Permanent)\(\s*'([a-z.-]+)'/g)].map(([, code]) => code),
    );

    expect(new Set(codes).size).toBeGreaterThan(30);
    expect(
      missing(
        codes,
        exhibits.map(({ code }) => code),
      ),
    ).toEqual([]);
  });

  test('every answer that something failed', () => {
    const source = readFileSync(new URL('../../src/usecases/problems.ts', import.meta.url), 'utf8');
    const sentences = [...source.matchAll(/text: '([^']+)'/g)].map(([, sentence]) => sentence);
    const replies = exhibits.map(({ reply }) => reply?.text);

    expect(sentences.length).toBeGreaterThan(2);
    expect(missing(sentences, replies)).toEqual([]);
  });

  test('every status of an incident that /dr status tells', () => {
    const told = exhibits.filter(({ verb }) => verb === 'status').map(({ reply }) => reply?.text ?? '');
    const wanted = {
      planning: /being made/,
      'no plan': /Planning failed/,
      ...Object.fromEntries(['was refused', 'was rejected', 'has expired'].map((words) => [words, RegExp(words)])),
      waiting: /awaits approval/,
      approving: /is approving/,
      running: / runs: /,
      asking: /must check/,
      paused: /is paused/,
      aborting: /being aborted/,
      ended: / ended: recovered/,
      aborted: / ended: aborted/,
      'goes on from there': / ended: failed/,
      resolved: /Resolved by/,
      quiet: /No incident is open/,
      several: /2 incidents/,
      held: /is paused by /,
      'abort window': /and cannot be taken back/,
      'no longer covered': /The approval no longer covers it/,
      'tried again': /Tried again, first at/,
      emergency: /an emergency since/,
      replaced: /starts when it has ended/,
      undone: /undo of INC-1\.r1 done/,
    };

    expect(Object.keys(wanted).filter((name) => !told.some((text) => wanted[name as 'ended']?.test(text)))).toEqual([]);
  });

  test('what /dr status adds about overrides, watches and the cool-down', () => {
    const lines = exhibits.filter(({ verb }) => verb === 'status').flatMap(({ reply }) => reply?.lines ?? []);

    for (const wanted of [/asks to override it/, /Watched since/, /It could not act/, /are held back until/]) {
      expect(lines).toContainEqual(expect.stringMatching(wanted));
    }
  });

  test('every dialog', () => {
    const modals = exhibits.filter(({ item }) => item.kind === 'modal').map(({ verb }) => verb);

    expect(
      missing(
        COMMANDS.filter(({ form }) => form).map(({ verb }) => verb),
        modals,
      ),
    ).toEqual([]);
  });

  test('a page to every tier of the escalation', () => {
    const tiers = exhibits.filter(({ item }) => item.id.startsWith('page-tier-')).map(({ item }) => item.id);

    expect(
      missing(
        chatbot.escalation.map(({ tier }) => `page-tier-${tier}`),
        tiers,
      ),
    ).toEqual([]);
  });

  test('the steps of the shipped runbook, and a refusal by each of its guards', () => {
    const text = readFileSync(new URL('../../runbooks/chatbot/region-failover.yaml', import.meta.url), 'utf8');
    const runbook = parse(text) as {
      phases: { steps: { id: string; title: string; expect?: string; uses: string }[] }[];
    };
    const steps = runbook.phases.flatMap((phase) => phase.steps);
    const guards = steps.filter(({ expect: guard, uses }) => guard !== undefined && !uses.startsWith('manual.'));
    const refused = exhibits.map(({ item }) => item.id);

    expect(
      missing(
        guards.map(({ id }) => `plan-refused-${id}`),
        refused,
      ),
    ).toEqual([]);
    expect(chatbotPlan().steps.map(({ id, title, uses }) => ({ id, title, uses }))).toEqual(
      steps.map(({ id, title, uses }) => ({ id, title, uses })),
    );
  });
});

describe('each item', () => {
  test('has an id of its own and says in whole sentences what is to be done now', () => {
    const items = gallery.groups.flatMap((group) => group.items);

    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(items.filter(({ now }) => !/^[A-Z].*\.$/.test(now))).toEqual([]);
    expect(items.length).toBeGreaterThan(100);
  });

  test('is taken by Slack on every rung', () => {
    const refused = gallery.groups
      .flatMap((group) => group.items)
      .flatMap(({ id, kind, message, fallbacks = [] }) =>
        [message, ...fallbacks].map(({ blocks }) => ({
          id,
          verdict: validateBlocks(blocks, kind === 'modal' ? 'modal' : 'message'),
        })),
      )
      .filter(({ verdict }) => !verdict.ok);

    expect(refused).toEqual([]);
  });

  test('says everything in text, too, with the commands of its buttons', () => {
    const items = gallery.groups.flatMap((group) => group.items).filter(({ fallbacks }) => fallbacks);

    for (const { message, fallbacks = [] } of items) {
      const text = fallbacks.find(({ name }) => name === 'text')?.text ?? '';
      const verbs = JSON.stringify(message.blocks).matchAll(/"action_id":"dr:([a-z]+)/g);
      for (const [, verb] of verbs) expect(text).toContain(`/dr ${verb}`);
    }
  });
});
