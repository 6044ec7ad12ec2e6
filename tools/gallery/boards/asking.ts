import { chatbot } from '../../../test/support/incident.ts';
import { at, chatbotPlan } from '../chatbot-plan.ts';
import {
  answeredPoint,
  BEHIND,
  CRASHING,
  choosing,
  diagnosisPlan,
  FULL,
  fillingIn,
  looked,
  looking,
} from '../other-plans.ts';
import { COMMANDER, created, failed, started, succeeded, type Told } from '../story.ts';
import type { Scene } from './scene.ts';

export const raised: Told = [
  120,
  {
    type: 'incident.raised',
    title: 'AI Chatbot: Primary region failure',
    severity: 'P0',
    by: COMMANDER,
    detectedAt: at(60),
    tiers: chatbot.escalation.map(({ tier, after, action, contact }) => ({
      tier,
      afterSeconds: after,
      action,
      contact,
    })),
  },
];

/** Runs that only look, and questions with more answers than yes and no. */
export const ASKING: Scene[] = [
  {
    id: 'looking',
    title: 'A run that only looks has begun',
    now: 'Nothing. What it finds will stand here within a minute.',
    told: looking(),
    seen: 75,
  },
  {
    id: 'looked',
    title: 'It found things, and proposes what would mend them',
    now: 'Press what is proposed, which makes a plan, or end the incident.',
    told: looked(CRASHING, BEHIND, FULL),
    seen: 95,
  },
  {
    id: 'looked-nothing',
    title: 'It found nothing',
    now: 'End the incident.',
    told: looked(),
    seen: 95,
  },
  {
    id: 'looked-failed',
    title: 'A look failed',
    now: 'A commander retries, skips or aborts.',
    told: [
      ...looking(diagnosisPlan()),
      failed('answers', 90, 'aws.denied', 'AWS refuses the credentials of us-east-1 (ExpiredToken).'),
    ],
    seen: 95,
  },
  {
    id: 'raised',
    title: 'Something is to be changed after a look: people are paged now',
    now: 'A second person decides on the plan.',
    told: [...looked(CRASHING), raised, created(chatbotPlan({ id: 'INC-1.p2' }), 130)],
    seen: 140,
  },
  {
    id: 'choose',
    title: 'A person must choose',
    now: 'Read what each choice would lose, and press one.',
    told: choosing(),
    seen: 180,
  },
  {
    id: 'choose-many',
    title: 'A person must choose, from a menu',
    now: 'Open the menu and choose.',
    told: choosing({ many: true }),
    seen: 180,
  },
  {
    id: 'fill-in',
    title: 'A person must say something',
    now: 'Find out when the damage began, and press Answer.',
    told: fillingIn(),
    seen: 180,
  },
  {
    id: 'ask-both',
    title: 'Two questions at once',
    now: 'Answer each.',
    told: [...choosing(), started('since', 171)],
    seen: 180,
  },
  {
    id: 'chosen',
    title: 'Chosen: the run goes on',
    now: 'Nothing.',
    told: [
      ...choosing(),
      answeredPoint,
      succeeded('point', 231, { outputs: { choice: '2026-03-01T02:55:00Z' } }),
      started('restore', 231),
    ],
    seen: 240,
    says: { restore: 'chatbot-prod-restored is being created, 4 min so far' },
  },
  {
    id: 'choose-nobody',
    title: 'Nobody chose in time',
    now: 'A commander asks again, skips or aborts.',
    told: [...choosing(), failed('point', 1970, 'step.timeout', 'Nobody answered within 30 min.')],
    seen: 1980,
  },
];
