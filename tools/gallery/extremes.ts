import { board, type ProgressLines } from '../../src/blocks/board.ts';
import { planCard } from '../../src/blocks/plan-card.ts';
import { plannedStep, planWith } from '../../test/support/incident.ts';
import { at, unfencedPlan } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import { approvedAt, begun, created, failed, running, started, story, succeeded, type Told } from './story.ts';

const HOSTILE = '<!channel> & *bold* `code` _it_ <https://evil.example|click me> <@U0REQUESTER> 🦊';
const ENDLESS = `${'very '.repeat(40)}long`;

export function extremeGroups(): ExhibitGroup[] {
  return [
    {
      title: 'Sizes and names that nobody wishes for',
      exhibits: [
        steps(12),
        steps(60),
        steps(200),
        phases(200),
        hostileBoard('hostile', 'Names that try to be markup', HOSTILE),
        hostileBoard('endless', 'Names without end', ENDLESS),
        hostileCard(),
        hugeCard(),
      ],
    },
  ];
}

/** A run of `count` steps in five phases, the third one under way. */
function steps(count: number): Exhibit {
  const perPhase = Math.ceil(count / 5);
  const plan = planWith(
    Array.from({ length: count }, (_, index) =>
      plannedStep(`step-${index + 1}`, {
        title: `Restore shard ${index + 1}`,
        phase: `part ${1 + Math.floor(index / perPhase)}`,
      }),
    ),
  );
  const done = Math.floor(count / 2);
  const told: Told[] = [
    ...running(plan),
    ...plan.steps.slice(0, done).flatMap(({ id }, index) => [started(id, 170 + index), succeeded(id, 171 + index)]),
    ...plan.steps.slice(done, done + 3).map(({ id }) => started(id, 172 + done)),
  ];
  const says = { [`step-${done + 1}`]: '4,120 of 9,000 rows' };
  return boardOf(`${count}-steps`, `A run of ${count} steps`, 'Nothing.', told, says);
}

/** As many phases as steps, all under way at once. */
function phases(count: number): Exhibit {
  const plan = planWith(
    Array.from({ length: count }, (_, index) =>
      plannedStep(`step-${index + 1}`, { title: `Restore shard ${index + 1}`, phase: `part ${index + 1}` }),
    ),
  );
  const told = [...running(plan), ...plan.steps.map(({ id }) => started(id, 170))];
  return boardOf(`${count}-phases`, `${count} phases under way at once`, 'Nothing.', told, {});
}

function hostileBoard(id: string, title: string, name: string): Exhibit {
  const plan = planWith(
    ['one', 'two', 'three'].map((step) => plannedStep(step, { title: `${step} ${name}`, phase: name })),
    { reason: name },
  );
  const [declaration, ...rest] = begun;
  const told: Told[] = [
    ...(declaration ? [rename(declaration, name)] : []),
    ...rest,
    created(plan),
    ...approvedAt(plan),
    started('one', 170),
    succeeded('one', 175),
    started('two', 175),
    started('three', 175),
    failed('two', 180, 'x', `The server said: ${name}`),
  ];
  const now = 'A commander decides: retry when the cause is gone, skip when it was done by hand, or abort.';
  return boardOf(id, title, now, told, { three: name });
}

function rename([seconds, event]: Told, name: string): Told {
  return event.type === 'incident.declared' ? [seconds, { ...event, title: name, reason: name }] : [seconds, event];
}

function hostileCard(): Exhibit {
  const changes = [{ what: HOSTILE, before: HOSTILE, after: ENDLESS }];
  const plan = { ...unfencedPlan({ reason: HOSTILE }), title: HOSTILE };
  const renamed = { ...plan, steps: plan.steps.map((step) => ({ ...step, title: HOSTILE, changes, owner: HOSTILE })) };
  return cardOf('hostile', 'A plan with names that try to be markup', renamed);
}

function hugeCard(): Exhibit {
  const plan = unfencedPlan();
  const many = Array.from({ length: 60 }, (_, index) => ({
    what: `Shard ${index + 1} of the conversations in us-west-2`,
    before: 'read replica of us-east-1',
    after: 'standalone primary, without a standby',
  }));
  const huge = {
    ...plan,
    steps: plan.steps.map((step) => (step.id === 'promote' ? { ...step, changes: many } : step)),
  };
  return cardOf('huge', 'A plan with more changes than Slack shows', huge);
}

function boardOf(id: string, title: string, now: string, told: Told[], says: Record<string, string>): Exhibit {
  const { journal, state } = story(...told);
  const seen = at(400);
  const progress: ProgressLines = Object.fromEntries(
    Object.entries(says).map(([step, sentence]) => [step, { sentence, at: seen }]),
  );
  return {
    journal,
    state,
    item: item({ id: `extreme-${id}`, title, now, kind: 'message' }, board(state, progress, seen)),
  };
}

function cardOf(id: string, title: string, plan: ReturnType<typeof unfencedPlan>): Exhibit {
  const { journal, state } = story(...begun, created(plan));
  const [entry] = state.plans;
  if (!entry) throw new Error('there is no plan');
  const now = 'Somebody other than the requester approves or rejects it. Who approves signs for what is unfenced.';
  const shown = planCard(state, entry, at(120));
  return { journal, state, item: item({ id: `extreme-plan-${id}`, title, now, kind: 'message' }, shown) };
}
