// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, it } from '@jest/globals';
import { type ExpandedStep, MOST_STEPS } from '../../src/domain/expanded-step.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import { expand, nest, runbookOf, type Written } from './nested-runbooks.ts';

const needsOf = (steps: ExpandedStep[]) => Object.fromEntries(steps.map(({ id, needs }) => [id, needs]));

describe('expandRunbook', () => {
  it('puts the steps of a nested runbook in the place of the step that nests it', () => {
    const inner = runbookOf([{ id: 'begin' }, { id: 'end', uses: 'change' }, { id: 'beside', needs: [] }], {
      outputs: { ok: 'steps.end.outputs.ok' },
    });

    const { steps, scopes } = expand({
      main: runbookOf([{ id: 'first' }, nest('drain', 'inner'), { id: 'last' }]),
      inner,
    });

    expect(needsOf(steps)).toEqual({
      first: [],
      'drain.begin': ['first'],
      'drain.end': ['drain.begin'],
      'drain.beside': ['first'],
      drain: ['drain.begin', 'drain.end', 'drain.beside'],
      last: ['drain'],
    });
    expect(steps.find(({ id }) => id === 'drain')).toMatchObject({
      effect: 'read',
      gathers: { kind: 'runbook', scope: 'drain', outputs: { ok: 'steps.end.outputs.ok' } },
    });
    expect(scopes).toEqual({
      drain: {
        runbook: 'inner',
        params: {},
        steps: { begin: 'drain.begin', end: 'drain.end', beside: 'drain.beside' },
      },
    });
  });

  it('puts the steps of a nested runbook into the phases of the plan that have the ids of theirs', () => {
    const phase = (id: string, steps: Written[]) => ({
      ...{ id, title: id, target: '5m' },
      steps: steps.map((step) => ({ title: `Do ${step.id}`, uses: 'look', ...step })),
    });
    const inner = runbookOf([], { phases: [phase('two', [{ id: 'second' }]), phase('other', [{ id: 'else' }])] });
    const main = runbookOf([], { phases: [phase('two', []), phase('three', [nest('go', 'inner')])] });

    const { steps } = expand({ main, inner });

    expect(Object.fromEntries(steps.map(({ id, phase: where }) => [id, where]))).toEqual({
      'go.second': 'two',
      'go.else': 'three',
      go: 'three',
    });
  });

  it('takes no phase without steps where nothing is nested that could fill it', () => {
    const empty = { id: 'one', title: 'One', target: '5m', steps: [] };

    expect(() => runbookOf([], { phases: [empty] })).toThrow('needs a step that nests a runbook');
  });

  it('judges the guards of a nested runbook before the first change of the plan', () => {
    const inner = runbookOf([
      { id: 'look' },
      { id: 'guard', expect: 'true', explain: 'x' },
      { id: 'act', uses: 'change' },
    ]);

    const { steps } = expand({ main: runbookOf([{ id: 'fence', uses: 'change' }, nest('move', 'inner')]), inner });

    expect(needsOf(steps)).toMatchObject({
      fence: ['move.guard'],
      'move.look': ['fence'],
      'move.guard': [],
      'move.act': ['fence', 'move.guard'],
    });
  });

  it('makes one copy of a step for each element, and gathers them', () => {
    const each = { id: 'each', forEach: '${{ system.nodes }}', concurrency: 2, uses: 'change' };

    const { steps } = expand({ main: runbookOf([{ id: 'first' }, each, { id: 'last' }]) });

    expect(steps.filter(({ item }) => item !== undefined)).toMatchObject([
      { id: 'each.1', title: 'Do each: a', item: 'a', needs: ['first'], group: { id: 'each', limit: 2 } },
      { id: 'each.2', title: 'Do each: b', item: 'b', needs: ['first'], group: { id: 'each', limit: 2 } },
      { id: 'each.3', title: 'Do each: c', item: 'c', needs: ['first'], group: { id: 'each', limit: 2 } },
    ]);
    expect(steps.find(({ id }) => id === 'each')).toMatchObject({
      needs: ['each.1', 'each.2', 'each.3'],
      effect: 'read',
      gathers: { kind: 'list', steps: ['each.1', 'each.2', 'each.3'] },
    });
    expect(needsOf(steps).last).toEqual(['each']);
  });

  it('gathers an empty list when there are no elements', () => {
    const { steps } = expand({ main: runbookOf([{ id: 'first' }, { id: 'each', forEach: '${{ [] }}' }]) });

    expect(steps[1]).toMatchObject({ id: 'each', needs: ['first'], gathers: { kind: 'list', steps: [] } });
  });

  it('begins no copy of a nested runbook before there is room for all of it', () => {
    const inner = runbookOf([{ id: 'begin' }, { id: 'end' }], { params: { node: { type: 'string' } } });
    const each = nest('each', 'inner', {
      with: { runbook: 'inner', params: { node: '${{ item }}' } },
      forEach: '${{ system.nodes }}',
      concurrency: 2,
    });

    const { steps, scopes } = expand({ main: runbookOf([each]), inner });

    expect(needsOf(steps)).toMatchObject({
      'each.1.begin': [],
      'each.2.begin': [],
      'each.3.begin': ['each.1'],
      each: ['each.1', 'each.2', 'each.3'],
    });
    expect(scopes['each.3']).toMatchObject({ runbook: 'inner', params: { node: 'c' }, item: 'c' });
    expect(steps.find(({ id }) => id === 'each.3.end')?.title).toBe('Do end: c');
  });

  it('keeps a parameter that reads outputs as a template, and the defaults that read it', () => {
    const inner = runbookOf([{ id: 'go' }], {
      params: {
        host: { type: 'string' },
        copy: { type: 'string', default: '${{ params.host }}.example' },
        fixed: { type: 'duration', default: '2m' },
      },
    });
    const nesting = nest('go', 'inner', {
      with: { runbook: 'inner', params: { host: '${{ steps.find.outputs.host }}' } },
    });

    const { steps, scopes } = expand({ main: runbookOf([{ id: 'find' }, nesting]), inner });

    expect(scopes.go).toMatchObject({
      params: { host: '${{ steps.find.outputs.host }}', copy: '${{ params.host }}.example', fixed: 120 },
      later: [
        { name: 'host', reads: 'outer' },
        { name: 'copy', reads: 'own' },
      ],
    });
    const { known } = steps.find(({ id }) => id === 'go.go') ?? {};
    expect(known?.values.params).toEqual({ fixed: 120 });
    expect([...(known?.later ?? [])]).toEqual([
      ['host', ['find']],
      ['copy', ['find']],
    ]);
  });

  it('leaves a nested runbook out as one step when its condition is known to be false', () => {
    const main = runbookOf([nest('slowly', 'inner', { if: 'mode == "planned"' }), { id: 'last' }]);
    const runbooks = { main, inner: runbookOf([{ id: 'go' }], { mode: ['planned'] }) };

    expect(expand(runbooks).steps.map(({ id, included }) => [id, included])).toEqual([
      ['slowly', false],
      ['last', true],
    ]);
    expect(expand(runbooks, 'planned').steps.map(({ id }) => id)).toEqual(['slowly.go', 'slowly', 'last']);
  });

  it('makes every step of a graceful nested runbook graceful, but no guard', () => {
    const inner = runbookOf([{ id: 'guard', expect: 'true' }, { id: 'go' }]);

    const { steps } = expand({ main: runbookOf([nest('slowly', 'inner', { graceful: true })]), inner });

    expect(steps.map(({ id, graceful }) => [id, graceful])).toEqual([
      ['slowly.guard', false],
      ['slowly.go', true],
      ['slowly', true],
    ]);
  });

  it.each([
    [
      'a runbook that nests itself through another',
      { main: runbookOf([nest('a', 'inner')]), inner: runbookOf([nest('b', 'main')]) },
      'The runbook main nests itself: main → inner → main.',
    ],
    [
      'an unknown runbook',
      { main: runbookOf([nest('a', 'man')]) },
      'a nests man, which is no runbook. Did you mean main?',
    ],
    [
      'a mode that the nested runbook does not have',
      { main: runbookOf([nest('a', 'inner')]), inner: runbookOf([{ id: 'go' }], { mode: ['planned'] }) },
      'a nests inner, which has only the mode planned.',
    ],
    [
      'a list that is known only in the run',
      { main: runbookOf([{ id: 'find' }, { id: 'each', forEach: '${{ steps.find.outputs.list }}' }]) },
      'The list of each is known only after find, but it must be known before the run.',
    ],
    [
      'a list that is none',
      { main: runbookOf([{ id: 'each', forEach: 'nodes' }]) },
      'The forEach of each gives no list.',
    ],
    [
      'more copies than 200',
      { main: runbookOf([{ id: 'each', forEach: `\${{ [${Array.from({ length: 201 }, () => 1).join(',')}] }}` }]) },
      'The list of each has 201 elements; at most 200 are allowed.',
    ],
    [
      'guards below a condition that is known only in the run',
      {
        main: runbookOf([{ id: 'find' }, nest('a', 'inner', { if: 'steps.find.outputs.ok' })]),
        inner: runbookOf([{ id: 'guard', expect: 'true' }]),
      },
      'The if of a reads outputs, but the runbook inner has the guard a.guard, and guards are judged before any step runs.',
    ],
    [
      'a circle of needs',
      { main: runbookOf([nest('a', 'inner', { needs: ['b'] }), { id: 'b' }]), inner: runbookOf([{ id: 'go' }]) },
      'These steps wait for each other: a.go, then a, then b, then a.go.',
    ],
  ])('refuses %s', (_title, runbooks, message) => {
    expect(() => expand(runbooks as Record<string, Runbook>)).toThrow(message);
  });

  it('stops as soon as a plan becomes too large, however deep it grows', () => {
    const deep = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `l${level}`,
        runbookOf([nest('a', `l${level + 1}`), nest('b', `l${level + 1}`)]),
      ]),
    );
    const runbooks = { main: runbookOf([nest('top', 'l0')]), ...deep, l40: runbookOf([{ id: 'go' }]) };

    expect(() => expand(runbooks)).toThrow('The plan would have more than 1,000 steps: divide the runbook');
  });

  it('lays out as many steps as a plan may have, with guards for each change, without delay', () => {
    const guards = Array.from({ length: MOST_STEPS / 2 }, (_, index) => ({
      id: `g${index}`,
      needs: [],
      expect: 'true',
    }));
    const changes = Array.from({ length: MOST_STEPS / 2 }, (_, index) => ({
      id: `c${index}`,
      needs: [],
      uses: 'change',
    }));

    const { steps } = expand({ main: runbookOf([...guards, ...changes]) });

    expect(steps.at(-1)?.needs).toHaveLength(guards.length);
  });
});
