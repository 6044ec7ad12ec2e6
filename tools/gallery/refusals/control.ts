import { assertSomebodyApproves } from '../../../src/domain/approval.ts';
import type { Journal } from '../../../src/engine/ports.ts';
import { decideAcknowledge } from '../../../src/usecases/acknowledge.ts';
import { assertMayApprove } from '../../../src/usecases/approve.ts';
import { chooseOverridden, chooseRun } from '../../../src/usecases/choose-run.ts';
import { decideEmergency } from '../../../src/usecases/emergency.ts';
import { decideGuardOverride } from '../../../src/usecases/override-guard.ts';
import { decideStepOverride } from '../../../src/usecases/override-step.ts';
import { decidePause, decideResume } from '../../../src/usecases/pause.ts';
import { recordPlan } from '../../../src/usecases/record-plan.ts';
import { decideRelease } from '../../../src/usecases/release.ts';
import { at, chatbotPlan } from '../chatbot-plan.ts';
import { access, journalOf, planning, refused, underWay, waiting } from '../incidents.ts';
import { APPROVER, COMMANDER, pastFence, REQUESTER, RUN, started, story } from '../story.ts';
import {
  alone,
  cooled,
  guardFails,
  hastened,
  held,
  impossible,
  OTHER,
  overridden,
  overrideAsked,
  plannedUnderWay,
  refusedThenNewer,
  replacing,
  stepFailed,
  twoCommanders,
  twoRefuse,
  unwatched,
  watchedTwice,
} from './control-states.ts';

type Row = [id: string, title: string, verb: string, now: string, decide: () => unknown];

const onPlan = { user: COMMANDER, target: 'INC-1.p1', step: 'loss', reason: 'Staying down is worse.' };
const { reason: _none, ...unreasoned } = onPlan;
const onRun = { ...onPlan, target: RUN };
const second = { ...unreasoned, target: RUN };
const noRunbook = () => undefined;
const onlyPlanned = () => ({ title: 'Switch over', severity: 'P2' as const, mode: ['planned' as const] });
const hasten = { user: COMMANDER, runId: RUN, reason: 'us-east-1 is down' };
const deleted = { user: COMMANDER, target: 'INC-1', reason: 'instance deleted' };

const PLANS: Row[] = [
  [
    'approve-replaces',
    'An approver approves a plan in place of the run under way',
    'approve',
    'Ask the commander.',
    () => assertMayApprove(access, { ...waiting, run: underWay.run as never }, { planId: 'INC-1.p1', user: APPROVER }),
  ],
  [
    'failover-nobody-approves',
    'A plan in place of a run is asked for, and nobody could approve it',
    'failover',
    'Let the requester ask for it.',
    () =>
      assertSomebodyApproves(
        { chatbot: { start: [REQUESTER], approve: [COMMANDER], command: [COMMANDER] } },
        { systemName: 'chatbot', requestedBy: COMMANDER },
        RUN,
      ),
  ],
  [
    'approve-overridden',
    'A commander approves the plan whose guard they overrode',
    'approve',
    'Find a second person.',
    () => assertMayApprove(access, overridden, { planId: 'INC-1.p1', user: COMMANDER }),
  ],
  [
    'approve-next',
    'A second plan is approved in place of the run under way',
    'approve',
    'Nothing: the other one starts soon.',
    () => assertMayApprove(access, replacing, { planId: 'INC-1.p3', user: COMMANDER }),
  ],
  [
    'failover-next',
    'A failover is asked for while an approved one waits for the end of a run',
    'failover',
    'Nothing: the other one starts soon.',
    () => recordPlan(replacing, chatbotPlan({ id: 'INC-1.p4' }), { instead: true }),
  ],
];

const GUARDS: Row[] = [
  [
    'override-nothing',
    'A guard is overridden of an incident that has no plan yet',
    'override',
    'Look at what is open.',
    () => chooseOverridden(journalOf(planning) as Journal, 'INC-1', 'loss'),
  ],
  [
    'override-which',
    'What is overridden fails in a run and in a plan',
    'override',
    'Name the run or the plan.',
    () =>
      chooseOverridden(
        journalOf({
          ...guardFails,
          plans: [
            ...guardFails.plans,
            ...refused.plans.map((entry) => ({ ...entry, plan: { ...entry.plan, id: 'INC-1.p2' } })),
          ],
        }) as Journal,
        'INC-1',
        'loss',
      ),
  ],
  [
    'override-late',
    'A guard is overridden twice',
    'override',
    'Nothing: it is overridden.',
    () => decideGuardOverride(twoCommanders, twoRefuse, { ...onPlan, user: OTHER }, at(120)),
  ],
  [
    'override-reason',
    'A guard is overridden without a reason',
    'override',
    'Say why.',
    () => decideGuardOverride(access, refused, unreasoned, at(120)),
  ],
  [
    'override-nobody-left',
    'Nobody would be left to approve the plan',
    'override',
    'Ask another commander.',
    () =>
      decideGuardOverride(
        { chatbot: { ...alone.chatbot, command: [COMMANDER, REQUESTER] } as never },
        refused,
        onPlan,
        at(120),
      ),
  ],
  [
    'override-resolved',
    'A guard of a resolved incident is overridden',
    'override',
    'Nothing: the incident is over.',
    () => decideGuardOverride(access, { ...refused, status: 'resolved' }, onPlan, at(120)),
  ],
  [
    'override-not-refused',
    'A guard is overridden of a plan that nothing refuses',
    'override',
    'Approve or reject the plan.',
    () => decideGuardOverride(access, waiting, onPlan, at(120)),
  ],
  [
    'override-old-plan',
    'A guard is overridden of a plan that is not the newest',
    'override',
    'Look at the newest plan.',
    () => decideGuardOverride(access, refusedThenNewer, onPlan, at(130)),
  ],
  [
    'override-impossible',
    'A step that cannot work is overridden',
    'override',
    'Mend what the step names, then ask for a new plan.',
    () => decideGuardOverride(access, impossible, { ...onPlan, step: 'promote' }, at(120)),
  ],
  [
    'override-old',
    'A guard is overridden hours after it was measured',
    'override',
    'Ask for a new plan.',
    () => decideGuardOverride(access, refused, onPlan, at(7300)),
  ],
  [
    'override-again',
    'A commander overrides a guard again, with another reason',
    'override',
    'Find somebody who approves the plan.',
    () => decideGuardOverride(access, overridden, { ...onPlan, reason: 'again' }, at(120)),
  ],
  [
    'override-holds',
    'A guard is overridden that holds',
    'override',
    'Take the guard that fails.',
    () => decideGuardOverride(access, refused, { ...onPlan, step: 'capacity' }, at(120)),
  ],
  [
    'override-unknown',
    'A guard that there is not',
    'override',
    'Take the guard that was meant.',
    () => decideGuardOverride(access, refused, { ...onPlan, step: 'los' }, at(120)),
  ],
];

const STEPS: Row[] = [
  [
    'override-not-possible',
    'A step is overridden that failed of something else',
    'override',
    'Retry it, skip it, or abort.',
    () => decideStepOverride(access, stepFailed, { ...onRun, step: 'promote' }),
  ],
  [
    'override-own',
    'A commander signs what they asked for',
    'override',
    'Find a second person.',
    () => decideStepOverride(access, overrideAsked, second),
  ],
  [
    'override-asked-before',
    'A commander asks again, with another reason',
    'override',
    'Find a second person.',
    () => decideStepOverride(access, overrideAsked, { ...onRun, reason: 'again' }),
  ],
  [
    'override-asked',
    'A second commander asks for what the first did',
    'override',
    'Sign it instead.',
    () => decideStepOverride(twoCommanders, overrideAsked, { ...onRun, user: OTHER }),
  ],
  [
    'override-not-asked',
    'Somebody signs what nobody asked for',
    'override',
    'Ask a commander.',
    () => decideStepOverride(access, guardFails, { ...second, user: APPROVER }),
  ],
  [
    'override-nobody',
    'There is nobody else to sign',
    'override',
    'Add somebody to access.yaml.',
    () => decideStepOverride(alone, guardFails, onRun),
  ],
];

const RUNS: Row[] = [
  [
    'pause-none',
    'The incident has no run',
    'pause',
    'Look at how it stands.',
    () => chooseRun(journalOf(waiting) as Journal, 'INC-1'),
  ],
  [
    'pause-late',
    'A run is paused twice',
    'pause',
    'Nothing: it is paused.',
    () => decidePause(twoCommanders, held, { user: OTHER, runId: RUN }),
  ],
  [
    'resume-failed',
    'A run is resumed in which a step has failed',
    'resume',
    'Decide on the step.',
    () => decideResume(access, stepFailed, { user: COMMANDER, runId: RUN }),
  ],
  [
    'emergency-late',
    'A run is made an emergency twice',
    'emergency',
    'Nothing: it is one.',
    () => decideEmergency(twoCommanders, noRunbook, hastened, { ...hasten, user: OTHER }),
  ],
  [
    'emergency-already',
    'An emergency is made one',
    'emergency',
    'Nothing: it is one.',
    () => decideEmergency(access, noRunbook, underWay, hasten),
  ],
  [
    'emergency-nothing',
    'A run is made an emergency in which nothing is left that it would leave out',
    'emergency',
    'Let it go on.',
    () =>
      decideEmergency(
        access,
        noRunbook,
        story(...pastFence(chatbotPlan({ mode: 'planned' })), started('promote', 184)).state,
        hasten,
      ),
  ],
  [
    'emergency-none',
    'The runbook has no emergency mode',
    'emergency',
    'Let it go on, or abort it.',
    () => decideEmergency(access, onlyPlanned, plannedUnderWay, hasten),
  ],
];

const AFTERWARDS: Row[] = [
  [
    'release-late',
    'A watch is released twice',
    'release',
    'Nothing: it is released.',
    () => decideRelease(twoCommanders, unwatched, { ...deleted, user: OTHER, target: `${RUN}/unfenced` }),
  ],
  [
    'release-cleared',
    'A watch is released that has ended by itself',
    'release',
    'Nothing: it has ended.',
    () => decideRelease(access, unwatched, { ...deleted, target: `${RUN}/unprotected` }),
  ],
  [
    'release-unknown',
    'A watch that there is not',
    'release',
    'Take the watch that was meant.',
    () => decideRelease(access, watchedTwice, { ...deleted, target: `${RUN}/unfence` }),
  ],
  ['release-nothing', 'Nothing is watched', 'release', 'Nothing.', () => decideRelease(access, underWay, deleted)],
  [
    'release-which',
    'Two things are watched, and neither is named',
    'release',
    'Name the watch.',
    () => decideRelease(access, watchedTwice, deleted),
  ],
  [
    'acknowledge-none',
    'There is no cool-down',
    'acknowledge',
    'Nothing.',
    () => decideAcknowledge(access, underWay, { user: REQUESTER, system: 'chatbot' }, at(300)),
  ],
  [
    'acknowledge-late',
    'A cool-down is ended twice',
    'acknowledge',
    'Nothing: it is over.',
    () => decideAcknowledge(access, cooled, { user: REQUESTER, system: 'chatbot' }, at(720)),
  ],
];

/** What is refused of plans in place of a run, overrides, and what a commander decides about a run and after it. */
export const CONTROL: Row[] = [...PLANS, ...GUARDS, ...STEPS, ...RUNS, ...AFTERWARDS];
