import { describe, expect, test } from '@jest/globals';
import type { PlanPicture, RecoveryPicture, RunPicture, Snapshot } from '../../../sandbox/control/wire.ts';
import { nextStep, unfencedOf } from '../../../sandbox/page/src/invitation/next-step.ts';
import type { Person } from '../../../sandbox/slack/state.ts';
import type { Fault } from '../../../sandbox/world/state.ts';
import {
  APPROVER,
  BYSTANDER,
  CHANNEL,
  COMMANDER,
  DETECTED,
  messageOf,
  REQUESTER,
  recoveryWith,
  snapshotWith,
} from '../store/snapshot.ts';

const regionDown: Fault = { name: 'region-down', target: 'us-east-1', since: 1 };
const BOARD = messageOf('10', { key: 'slack/board/INC-1' });
const CARD = messageOf('11', { key: 'slack/plan/INC-1.p1' });
const FRESH_CARD = messageOf('12', { key: 'slack/plan/INC-1.p2' });

const plan = (status: PlanPicture['status'], change: Partial<PlanPicture> = {}): PlanPicture => ({
  id: 'INC-1.p1',
  status,
  requestedBy: REQUESTER.id,
  ...change,
});
const run = (change: Partial<RunPicture> = {}): Partial<RecoveryPicture> => ({
  plan: plan('approved'),
  run: { planId: 'INC-1.p1', status: 'running', ...change },
  approvedAt: DETECTED + 100_000,
  startedAt: DETECTED + 100_000,
});
const recovered = { recoveredAt: DETECTED + 549_000 };

const told = (recovery?: Partial<RecoveryPicture>, change: Partial<Snapshot> = {}) =>
  snapshotWith({
    faults: [regionDown],
    messages: { [CHANNEL]: [BOARD, CARD, FRESH_CARD] },
    ...(recovery && { recovery: recoveryWith(recovery) }),
    ...change,
  });
const healthy = { faults: [] };

const write = (text: string, as?: Person) => ({
  does: 'write',
  label: 'Write it for me',
  text,
  ...(as && { as: as.id }),
});
const show = ({ ts }: { ts: string }, label: string, as?: Person) => ({
  does: 'show a message',
  label,
  channel: CHANNEL,
  ts,
  ...(as && { as: as.id }),
});
const become = (message: { ts: string }, person: Person) => show(message, `Become ${person.realName}`, person);

interface Case {
  when: string;
  told: Snapshot & { unfenced?: string };
  person?: Person;
  part: number;
  says: RegExp;
  offer?: object;
  quiet?: boolean;
}

const CASES: Case[] = [
  {
    when: 'nothing is broken',
    told: told(undefined, healthy),
    part: 1,
    says: /^AI Chatbot is healthy\. Break something/,
    offer: { does: 'show the switches', label: 'Show the switches' },
  },
  {
    when: 'something is broken',
    told: told(),
    part: 2,
    says: /^us-east-1 does not answer\. .*type \/dr failover chatbot/,
    offer: write('/dr failover chatbot'),
  },
  {
    when: 'several things are broken',
    told: told(undefined, { faults: [{ name: 'replica-lag', seconds: 30, since: 1 }, regionDown] }),
    part: 2,
    says: /^The replica is 30 s behind, and 1 more\./,
    offer: write('/dr failover chatbot'),
  },
  {
    when: 'a bystander looks at something broken',
    told: told(),
    person: BYSTANDER,
    part: 2,
    says: /type \/dr failover/,
    offer: write('/dr failover chatbot', REQUESTER),
  },
  { when: 'the plan is being made', told: told({}), part: 3, says: /^INC-1 is declared/, quiet: true },
  {
    when: 'no plan could be made',
    told: told({ planFailure: 'the catalogue is broken' }),
    part: 3,
    says: /^No plan could be made for INC-1/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'one’s own plan waits',
    told: told({ plan: plan('awaiting approval') }),
    part: 3,
    says: /you asked for it.*Approve it as Ada Approver\.$/,
    offer: become(CARD, APPROVER),
  },
  {
    when: 'a plan of somebody else waits',
    told: told({ plan: plan('awaiting approval') }),
    person: APPROVER,
    part: 3,
    says: /^Read plan INC-1\.p1 and decide/,
    offer: show(CARD, 'Show the plan'),
  },
  {
    when: 'the approver has asked for the plan',
    told: told({ plan: plan('awaiting approval', { requestedBy: APPROVER.id }) }),
    person: APPROVER,
    part: 3,
    says: /you asked for it/,
    offer: become(CARD, COMMANDER),
  },
  {
    when: 'a bystander looks at a plan that waits',
    told: told({ plan: plan('awaiting approval') }),
    person: BYSTANDER,
    part: 3,
    says: /you may not approve it/,
    offer: become(CARD, APPROVER),
  },
  {
    when: 'a plan waits that is not posted yet',
    told: told({ plan: plan('awaiting approval') }, { messages: {} }),
    part: 3,
    says: /waits/,
  },
  {
    when: 'a plan waits in a world that is healthy again',
    told: told({ plan: plan('awaiting approval') }, healthy),
    person: APPROVER,
    part: 3,
    says: /^Nothing is broken now\. Read plan INC-1\.p1/,
    offer: show(CARD, 'Show the plan'),
  },
  {
    when: 'an approval is being compared',
    told: told({ plan: plan('awaiting approval', { approvingBy: APPROVER.id }) }),
    part: 3,
    says: /^Ada Approver approves plan INC-1\.p1/,
    quiet: true,
  },
  {
    when: 'the plan is refused',
    told: told({ plan: plan('refused') }),
    part: 3,
    says: /cannot be approved, because a guard failed/,
    offer: show(CARD, 'Show the plan'),
  },
  {
    when: 'the plan is refused because nothing is broken',
    told: told({ plan: plan('refused') }, healthy),
    part: 1,
    says: /^Nothing is broken.*\/dr failover chatbot --mode planned/,
    offer: { does: 'show the switches', label: 'Show the switches' },
  },
  {
    when: 'the plan was rejected',
    told: told({ plan: plan('rejected') }),
    part: 3,
    says: /^Plan INC-1\.p1 was turned down\. Ask for a new one/,
    offer: write('/dr failover chatbot'),
  },
  {
    when: 'the plan was rejected and the world is healthy',
    told: told({ plan: plan('rejected') }, healthy),
    part: 3,
    says: /Nothing is broken now: end INC-1 with \/dr resolve INC-1/,
    offer: write('/dr resolve INC-1'),
  },
  {
    when: 'the plan is void',
    told: told({ plan: plan('voided') }),
    part: 3,
    says: /is void: the world changed/,
    offer: write('/dr failover chatbot'),
  },
  {
    when: 'the plan expired',
    told: told({ plan: plan('expired') }),
    part: 3,
    says: /expired without a decision/,
    offer: write('/dr failover chatbot'),
  },
  {
    when: 'the plan is approved and nothing has started',
    told: told({ plan: plan('approved') }),
    part: 4,
    says: /its run starts/,
    quiet: true,
  },
  {
    when: 'the run goes on',
    told: told(run()),
    part: 4,
    says: /nothing needs to be done/,
    offer: show(BOARD, 'Show the board'),
    quiet: true,
  },
  {
    when: 'the world is paused during the run',
    told: told(run(), { clock: { now: DETECTED, speed: 0 } }),
    part: 4,
    says: /^The world is paused, and the run with it/,
    offer: show(BOARD, 'Show the board'),
    quiet: true,
  },
  {
    when: 'users can write while the run goes on',
    told: told({ ...run(), ...recovered }),
    part: 4,
    says: /^Users can write again/,
    offer: show(BOARD, 'Show the board'),
    quiet: true,
  },
  {
    when: 'the run is paused',
    told: told(run({ status: 'paused' })),
    part: 4,
    says: /paused: a step failed\. As Cleo Commander, the commander, decide on the board, which says what can be done/,
    offer: become(BOARD, COMMANDER),
  },
  {
    when: 'the run is paused and the commander looks',
    told: told(run({ status: 'paused' })),
    person: COMMANDER,
    part: 4,
    says: /Decide on the board/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'somebody holds the run',
    told: told(run({ status: 'paused', waitsFor: 'resume' })),
    part: 4,
    says: /^Somebody holds the run\. As Cleo Commander, the commander, resume or abort it on the board\.$/,
    offer: become(BOARD, COMMANDER),
  },
  {
    when: 'an override waits for its second name, and its first one looks',
    told: told(run({ status: 'paused', waitsFor: 'second name', overrideBy: COMMANDER.id })),
    person: COMMANDER,
    part: 4,
    says: new RegExp(`second name\\. As ${APPROVER.realName}, read on the board`),
    offer: become(BOARD, APPROVER),
  },
  {
    when: 'what cannot be taken back begins in a moment',
    told: told(run({ begins: 'Promote the replica' })),
    part: 4,
    says: /^“Promote the replica” begins in a moment and cannot be taken back\. To stop it, abort on the board\.$/,
    offer: show(BOARD, 'Show the board'),
    quiet: true,
  },
  {
    when: 'an undo has ended',
    told: told(run({ status: 'finished', recovered: false, undoOf: 'INC-1.r1' })),
    part: 4,
    says: /^The undo of INC-1\.r1 has ended\. The board says what was taken back/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'a plan waits that aborts the run',
    told: told({ ...run(), plan: plan('awaiting approval', { id: 'INC-1.p2', aborts: 'INC-1.r1' }) }),
    person: COMMANDER,
    part: 3,
    says: /Approving it aborts INC-1\.r1 first\.$/,
    offer: show(FRESH_CARD, 'Show the plan'),
  },
  {
    when: 'a plan whose guard the commander overrode waits',
    told: told({ plan: plan('awaiting approval', { overriddenBy: [COMMANDER.id] }) }),
    person: COMMANDER,
    part: 3,
    says: new RegExp(`you may not approve it\\. Approve it as ${APPROVER.realName}\\.$`),
    offer: become(CARD, APPROVER),
  },
  {
    when: 'a person is asked',
    told: told(run({ question: 'Does sign-in work?' })),
    part: 4,
    says: /^A person must check\. Does sign-in work\? Answer on the board\. In this world, look whether users’ writes succeed\.$/,
    offer: show(BOARD, 'Show the question'),
  },
  {
    when: 'a person is asked and a bystander looks',
    told: told(run({ question: 'Does sign-in work?' })),
    person: BYSTANDER,
    part: 4,
    says: /You may not answer; Ada Approver may\.$/,
    offer: become(BOARD, APPROVER),
  },
  { when: 'the run stops', told: told(run({ status: 'aborting' })), part: 4, says: /^The run stops/, quiet: true },
  {
    when: 'the old primary comes back after the recovery, and takes writes',
    told: { ...told({ ...run({ status: 'finished', recovered: true }), ...recovered }), unfenced: 'chatbot-prod' },
    part: 5,
    says: /^chatbot-prod is back and takes writes too: its watch fences it within seconds, unless somebody released that\. The run has recovered/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'the run has recovered the system',
    told: told({ ...run({ status: 'finished', recovered: true }), ...recovered }),
    part: 5,
    says: /users could write again 9 min 9 s after detection\. .*resolve it on the board/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'the run ended without a recovery',
    told: told(run({ status: 'finished', recovered: false })),
    part: 4,
    says: /did not recover the system/,
    offer: show(BOARD, 'Show the board'),
  },
  {
    when: 'a new plan waits after a run that ended',
    told: told({
      ...run({ status: 'finished', recovered: false }),
      plan: plan('awaiting approval', { id: 'INC-1.p2' }),
    }),
    person: APPROVER,
    part: 3,
    says: /^Read plan INC-1\.p2/,
    offer: show(FRESH_CARD, 'Show the plan'),
  },
  {
    when: 'the incident is resolved',
    told: told({ ...run({ status: 'finished', recovered: true }), ...recovered, status: 'resolved' }),
    part: 5,
    says: /^INC-1 is resolved after a recovery in 9 min 9 s\. Still on: us-east-1 does not answer\. Reset/,
    offer: { does: 'reset', label: 'Reset…' },
  },
  {
    when: 'the incident is resolved without a recovery, in a healthy world',
    told: told({ plan: plan('rejected'), status: 'resolved' }, healthy),
    part: 5,
    says: /^INC-1 is resolved\. Reset/,
    offer: { does: 'reset', label: 'Reset…' },
  },
];

describe('the invitation', () => {
  test.each(CASES)('$when', ({ told: snapshot, person = REQUESTER, part, says, offer, quiet = false }) => {
    const step = nextStep(snapshot, person);

    expect(step.sentence).toMatch(says);
    expect({ part: step.part, offer: step.offer, quiet: step.quiet }).toEqual({ part, offer, quiet });
  });

  test('shows the newest of several messages with one key', () => {
    const again = { ...CARD, ts: '20' };
    const snapshot = told({ plan: plan('awaiting approval') }, { messages: { [CHANNEL]: [again, CARD] } });

    expect(nextStep(snapshot, APPROVER).offer).toMatchObject({ ts: '20' });
  });
});

test('what takes writes beside the primary is found, and the primary itself is not', () => {
  const { picture } = snapshotWith();
  const database = (instance: string, writable: boolean) =>
    ({ instance, region: 'us-east-1', status: 'available', role: 'primary', writable }) as const;
  const both = [database('old', true), database('new', true)];

  const seen = [
    unfencedOf({ picture: { ...picture, writesTo: 'new', databases: both } }),
    unfencedOf({
      picture: { ...picture, writesTo: 'new', databases: [database('old', false), database('new', true)] },
    }),
  ];

  expect(seen).toEqual(['old', undefined]);
});
