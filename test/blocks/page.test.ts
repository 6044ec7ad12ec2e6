import { describe, expect, test } from '@jest/globals';
import { pageText, watchPageText } from '../../src/blocks/page.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { aborted, created, NOW, started, succeeded } from './support.ts';

const page = (state: IncidentState, tier: number) => {
  const entry = state.tiers.find((candidate) => candidate.tier === tier);
  if (!entry) throw new Error(`there is no tier ${tier}`);
  return pageText(state, entry, NOW);
};

test('a page says what is wrong, how it stands and where to go, without markup', () => {
  const state = stateAfter(declared, created(planWith([plannedStep('a')], { title: 'A <b> & *c*' })));

  const { summary, details } = page(state, 2);

  expect(summary).toBe(
    'P0 Primary region failure (INC-1). Plan INC-1.p1 waits for approval. Nothing has been changed.',
  );
  expect(details).toMatchObject({ tier: '2: Escalate to senior SRE', detected: '2026-03-01T03:00:00.000Z' });
  expect(details.next).toContain('#incident-response');
});

test('a page names nobody by an id that only Slack can read', () => {
  const state = stateAfter(declared, created(planWith([plannedStep('a')])), {
    type: 'plan.approval-begun',
    planId: 'INC-1.p1',
    by: 'U0APPROVER',
  });

  expect(page(state, 1).summary).toContain('(INC-1). Somebody is approving plan INC-1.p1.');
});

test('a page of a run that waits for people says what for', () => {
  const asking = plannedStep('sign-in', {
    uses: 'manual.confirm',
    effect: 'read',
    with: { question: 'Can users sign in?' },
  });
  const state = stateAfter(declared, created(planWith([asking])), approved, runStarted, started('sign-in'));

  expect(page(state, 2).summary).toContain('A person must check: Can users sign in?');
});

test('a page of a run that goes on says what it does', () => {
  const state = stateAfter(
    declared,
    created(planWith([plannedStep('a', { title: 'Promote' })])),
    approved,
    runStarted,
    started('a'),
  );

  expect(page(state, 4).details.stands).toBe('Recovering. Nobody has to do anything now. Now: Promote.');
});

test('a page after an abort says what it left behind', () => {
  const fence = plannedStep('fence', { uses: 'postgres.fence' });
  const promote = plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible' });
  const state = stateAfter(
    ...[declared, created(planWith([fence, promote])), approved, runStarted, started('fence')],
    ...[succeeded('fence', { fenced: true }), ...aborted],
  );

  expect(page(state, 2).summary).toContain(
    '(INC-1). Nobody can write: writes on the old primary are stopped. “Allow writes again…” or /dr undo INC-1 makes a plan',
  );
});

test('a page of a planned move says that users are served, until writes are stopped', () => {
  const fence = plannedStep('fence', { uses: 'postgres.fence' });
  const promote = plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible' });
  const begun = [declared, created(planWith([fence, promote], { mode: 'planned' }))];
  const fenced = [approved, runStarted, started('fence'), succeeded('fence', { fenced: true })];

  expect(page(stateAfter(...begun), 1).summary).toContain('(INC-1). Planned move, users are served. Plan INC-1.p1');
  expect(page(stateAfter(...begun, ...fenced), 1).summary).toContain('(INC-1). Nobody can write: ');
});

test('a page of an emergency that users do not notice says so, and how the paging ends', () => {
  const seen = { type: 'users.seen', served: true, since: NOW } as const;

  expect(page(stateAfter(declared, created(planWith([plannedStep('a')])), seen), 1).summary).toContain(
    '(INC-1). Users are served, as Lifeboat sees it: if nothing is wrong, /dr resolve INC-1 ends the paging. Plan',
  );
});

describe('a page of a watch', () => {
  const watching = stateAfter(declared, {
    type: 'watch.started',
    watch: 'INC-1.r1/unfenced',
    runId: 'INC-1.r1',
    step: 'fence',
    kind: 'unfenced',
    subject: 'chatbot-prod in us-east-1',
  });
  const pageOf = (change: object) => {
    const [watch] = watching.watches;
    if (!watch) throw new Error('there is no watch');
    return watchPageText(watching, { ...watch, ...change });
  };

  test.each([
    [
      'that fenced',
      { status: 'acted', sentence: 'chatbot-prod in us-east-1 answers again and is fenced.', actedAt: NOW },
      /answers again and is fenced\. Keep clients on the new primary, and save what chatbot-prod in us-east-1 alone/,
    ],
    [
      'that could not',
      { failure: { code: 'postgres.sign-in-refused', message: 'The password was refused.' } },
      /is back and could not be fenced: The password was refused\. Keep clients away from chatbot-prod in us-east-1/,
    ],
    [
      'that cannot look',
      { kind: 'unprotected', failure: { code: 'rds.access-denied', message: 'AWS refused.' } },
      /^P0 Primary region failure \(INC-1\)\. The watch of chatbot-prod in us-east-1 fails: AWS refused\. Look whether/,
    ],
  ])('%s says what happened, what to do, and how to end it', (_case, change, says) => {
    const { summary, details } = pageOf(change);

    expect(summary).toMatch(says);
    expect(details.next).toContain('/dr release INC-1.r1/unfenced --reason "…"');
  });
});
