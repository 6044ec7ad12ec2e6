import { describe, expect, test } from '@jest/globals';
import { board } from '../../src/blocks/board.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';
import { buttonsOf, created, NOW, run, sectionTexts, started, succeeded, textOf } from './support.ts';

const UNFENCED = `${run}/unfenced`;
const startOf = (kind: 'unfenced' | 'unprotected'): IncidentEvent => ({
  type: 'watch.started',
  watch: `${run}/${kind}`,
  runId: run,
  step: 'fence',
  kind,
  subject: `<${kind}> instance`,
});
const recovered: IncidentEvent[] = [
  declared,
  created(planWith([plannedStep('fence')])),
  approved,
  runStarted,
  started('fence'),
  succeeded('fence', { fenced: false }, ['unfenced', 'unprotected']),
  startOf('unfenced'),
  startOf('unprotected'),
  { type: 'run.finished', runId: run, outcome: 'recovered with exceptions', exceptions: ['unfenced', 'unprotected'] },
];
const resolved: IncidentEvent = { type: 'incident.resolved', by: 'U0COMMANDER' };
const acted: IncidentEvent = {
  type: 'watch.acted',
  watch: UNFENCED,
  sentence: 'It answers <again> and is fenced.',
  changes: [],
};
const show = (...events: IncidentEvent[]) => board(stateAfter(...recovered, ...events), {}, NOW);

describe('what a run left open', () => {
  test('is watched: since when, what happens then, and what ends it', () => {
    const message = show();

    expect(textOf(message)).toContain('*unfenced*: &lt;unfenced&gt; instance, watched since 03:00:26 UTC');
    expect(textOf(message)).toContain(`When it is gone for good: \`/dr release ${UNFENCED} --reason `);
    expect(textOf(message)).toContain('*unprotected*: &lt;unprotected&gt; instance, watched since 03:00:27 UTC');
    expect(buttonsOf(message)).toEqual(['dr:resolve:INC-1', `dr:release:${UNFENCED}`, `dr:release:${run}/unprotected`]);
  });

  test('stands once, with one button, also where a second run watches the same', () => {
    const again: IncidentEvent[] = (['unfenced', 'unprotected'] as const).map((kind) => ({
      ...(startOf(kind) as IncidentEvent & { type: 'watch.started' }),
      watch: `INC-1.r2/${kind}`,
      runId: 'INC-1.r2',
    }));
    const actedToo: IncidentEvent = {
      ...(acted as IncidentEvent & { type: 'watch.acted' }),
      watch: 'INC-1.r2/unfenced',
    };

    const watched = show(resolved, ...again);
    const alarmed = show(resolved, ...again, acted, actedToo);

    expect(textOf(watched).split('watched since')).toHaveLength(3);
    expect(buttonsOf(watched)).toEqual(['dr:release:INC-1.r2/unfenced', 'dr:release:INC-1.r2/unprotected']);
    expect(alarmed.text.split('🚨')).toHaveLength(2);
  });

  test('stays on the board of an incident that is resolved, with its buttons', () => {
    expect(buttonsOf(show(resolved))).toEqual([`dr:release:${UNFENCED}`, `dr:release:${run}/unprotected`]);
  });

  test('comes first, also in the notification, once the watch acted; and says whether people were paged', () => {
    const before = show(resolved, acted);
    const after = show(resolved, acted, { type: 'watch.paged', watch: UNFENCED });

    expect(before.text).toContain('INC-1 · P0 · Primary region failure. 🚨 *It answers &lt;again&gt; and is fenced.*');
    expect(before.text).toContain('People are being paged.');
    expect(after.text).toContain('People were paged at 03:00:31 UTC.');
    expect(sectionTexts(after)[0]).toMatch(/^🚨/);
  });

  test('that could not be fenced tells people to do it', () => {
    const failed: IncidentEvent = {
      type: 'watch.failed',
      watch: UNFENCED,
      error: { code: 'x', message: 'Password <refused>.' },
    };

    expect(show(failed).text).toContain(
      '*&lt;unfenced&gt; instance is back and could not be fenced. Keep clients away from it, and fence it by hand.* Password &lt;refused&gt;.',
    );
  });

  test('says who released it and why, and what closed it, and asks for nothing more', () => {
    const message = show(
      resolved,
      acted,
      { type: 'watch.released', watch: UNFENCED, by: 'U0COMMANDER', reason: 'it is <deleted>' },
      { type: 'watch.cleared', watch: `${run}/unprotected`, sentence: 'There is a replica again.' },
    );

    expect(message.text).not.toContain('🚨');
    expect(textOf(message)).toContain('released by <@U0COMMANDER> at 03:00:31 UTC: it is &lt;deleted&gt;');
    expect(textOf(message)).toContain('closed. There is a replica again.');
    expect(buttonsOf(message)).toEqual([]);
  });
});

describe('the cool-down after a run', () => {
  const heldBack: IncidentEvent = { type: 'start.held-back', trigger: 'alarm <5xx>', until: DETECTED + 1_828_000 };

  test('says until when nothing starts by itself, and how that ends early', () => {
    expect(textOf(show())).toContain('Cool-down: until 03:30 UTC nothing starts by itself. `/dr acknowledge chatbot`');
  });

  test('tells what was held back, also in the notification, with a button', () => {
    const message = show(heldBack);

    expect(message.text).toContain('*Held back, not started:* alarm &lt;5xx&gt; at 03:00:29 UTC.');
    expect(buttonsOf(message)).toContain('dr:acknowledge:chatbot');
  });

  test('says who ended it', () => {
    const message = show(heldBack, { type: 'cool-down.ended', by: 'U0REQUESTER' });

    expect(textOf(message)).toContain('Cool-down ended by <@U0REQUESTER> at 03:00:30 UTC');
    expect(message.text).not.toContain('Held back');
    expect(buttonsOf(message)).not.toContain('dr:acknowledge:chatbot');
  });
});
