import { aboutEmergency } from '../../../src/usecases/emergency.ts';
import { at, chatbotPlan } from '../chatbot-plan.ts';
import { access, journalOf } from '../incidents.ts';
import { plannedUnderWay } from '../refusals/control-states.ts';
import { APPROVER, COMMANDER, REQUESTER, RUN } from '../story.ts';
import { undoPlan } from '../undo-plan.ts';
import type { Scene } from './scene.ts';

/** What was decided about a run under way, a refused plan, a watch or a cool-down. */
export const CONTROL: Scene[] = [
  {
    id: 'override-plan',
    title: 'The last guard that refused a plan is overridden',
    now: 'Find somebody else who approves plan INC-1.p1.',
    typed: 'override INC-1.p1 loss --reason "staying down is worse"',
    by: COMMANDER,
    with: { override: async () => ({ kind: 'plan', open: [], mayApprove: [APPROVER] }) },
  },
  {
    id: 'override-plan-open',
    title: 'One of two guards that refuse a plan is overridden',
    now: 'Decide on the other guard.',
    typed: 'override INC-1.p1 loss --reason "staying down is worse"',
    by: COMMANDER,
    with: { override: async () => ({ kind: 'plan', open: ['capacity'], mayApprove: [APPROVER] }) },
  },
  {
    id: 'override-asked',
    title: 'A commander asks to override a failed guard of a run',
    now: 'Find somebody else who signs it.',
    typed: `override ${RUN} loss --reason "staying down is worse"`,
    by: COMMANDER,
    with: { override: async () => ({ kind: 'asked', maySign: [APPROVER, REQUESTER] }) },
  },
  {
    id: 'override-signed',
    title: 'A second person signs it',
    now: 'Nothing.',
    typed: `override ${RUN} loss --sign`,
    by: APPROVER,
  },
  { id: 'pause', title: 'A run is paused', now: 'Resume it when it may go on.', typed: `pause ${RUN}`, by: COMMANDER },
  { id: 'resume', title: 'A run is resumed', now: 'Nothing.', typed: `resume ${RUN}`, by: COMMANDER },
  {
    id: 'resume-failed',
    title: 'A run is resumed, and a step of it has failed',
    now: 'Decide on the step.',
    typed: `resume ${RUN}`,
    by: COMMANDER,
    with: {
      resume: async () =>
        `it is paused because dns failed. Decide: \`/dr retry ${RUN} dns\`, \`/dr skip ${RUN} dns --reason "…"\` or \`/dr abort INC-1\`.`,
    },
  },
  {
    id: 'emergency-sure',
    title: 'What turning a planned run into an emergency means',
    now: 'Press the button, or leave it as it is.',
    typed: `emergency ${RUN} --reason "us-east-1 is down"`,
    by: COMMANDER,
    with: {
      aboutEmergency: (input) =>
        aboutEmergency({ journal: journalOf(plannedUnderWay), access, runbook: () => undefined }, input),
    },
  },
  {
    id: 'emergency',
    title: 'A planned run is an emergency from now on',
    now: 'Nothing.',
    typed: `emergency ${RUN} --reason "us-east-1 is down" --yes`,
    by: COMMANDER,
  },
  {
    id: 'release',
    title: 'A watch is released',
    now: 'Nothing.',
    typed: 'release INC-1 --reason "instance deleted"',
    by: COMMANDER,
  },
  {
    id: 'acknowledge',
    title: 'A cool-down is ended early',
    now: 'Nothing.',
    typed: 'acknowledge chatbot',
    with: {
      acknowledge: async () => ({
        runId: RUN,
        heldBack: [{ trigger: 'CloudWatch alarm chatbot-5xx', at: at(700), until: at(2440) }],
      }),
    },
  },
  {
    id: 'failover-instead',
    title: 'A plan in place of the run under way',
    now: 'Find a commander who approves plan INC-1.p2.',
    typed: 'failover chatbot --instead',
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: chatbotPlan({ id: 'INC-1.p2' }),
        joined: true,
        usersServed: false,
        replaces: RUN,
        mayApprove: [COMMANDER],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'failover-cool-down',
    title: 'A plan soon after another run has ended',
    now: 'Find somebody else who approves plan INC-1.p2.',
    typed: 'failover chatbot',
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: chatbotPlan({
          id: 'INC-1.p2',
          warnings: [
            'INC-1.r1 ended 12 min ago; make sure that its changes have settled. Automatic starts are held back until 03:40 UTC.',
          ],
        }),
        joined: true,
        usersServed: false,
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'failover-again',
    title: 'What somebody has asked for already, and still waits',
    now: 'Approve or reject INC-1.p1.',
    typed: 'failover chatbot',
    by: COMMANDER,
    with: {
      failover: async () => ({
        incident: 'INC-1',
        plan: chatbotPlan(),
        joined: true,
        usersServed: false,
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: true,
      }),
    },
  },
  {
    id: 'approve-instead',
    title: 'A commander approves a plan in place of the run under way',
    now: 'Nothing. The board shows the run that ends.',
    typed: 'approve INC-1.p2',
    by: COMMANDER,
    with: {
      approve: async () => ({
        status: 'approved',
        runId: 'INC-1.r2',
        plan: chatbotPlan({ id: 'INC-1.p2' }),
        replaces: RUN,
      }),
    },
  },
  {
    id: 'undo',
    title: 'The plan of an undo was made',
    now: 'Find a second person who approves plan INC-1.p2.',
    typed: 'undo INC-1',
    with: {
      undo: async () => ({
        incident: 'INC-1',
        plan: undoPlan(),
        mayApprove: [APPROVER, COMMANDER],
        waitedAlready: false,
      }),
    },
  },
  {
    id: 'undo-instead',
    title: 'The plan of an undo was made, in place of a paused run',
    now: 'Find a commander who approves plan INC-1.p2.',
    typed: 'undo INC-1',
    with: {
      undo: async () => ({
        incident: 'INC-1',
        plan: undoPlan({ warnings: ['“Promote the replica” stays: it cannot be taken back.'] }),
        replaces: RUN,
        mayApprove: [COMMANDER],
        waitedAlready: false,
      }),
    },
  },
];
