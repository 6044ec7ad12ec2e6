import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalJson } from '../../src/domain/plan-hash.ts';
import { Runbook } from '../../src/domain/runbook.ts';
import { ancestorsOf, findCycle, inOrder, placeSteps } from '../../src/domain/runbook-graph.ts';

const actions = new Map([
  ['look', { effect: 'read' as const }],
  ['change', { effect: 'reversible' as const }],
]);

/** Any runbook of guards followed by other steps, with needs that go backwards. */
const anyRunbook = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.array(fc.record({ changes: fc.boolean(), needs: fc.option(fc.array(fc.nat(), { maxLength: 3 })) }), {
      minLength: 1,
      maxLength: 8,
    }),
  )
  .map(([guards, rest]) => {
    const guardSteps = Array.from({ length: guards }, (_, index) => ({
      id: `g${index}`,
      title: 'Guard',
      uses: 'look',
      needs: [] as string[],
      expect: 'true',
      explain: 'Wait.',
    }));
    const ids = [...guardSteps.map(({ id }) => id), ...rest.map((_, index) => `s${index}`)];
    const steps = rest.map(({ changes, needs }, index) => ({
      id: `s${index}`,
      title: 'Step',
      uses: changes ? 'change' : 'look',
      ...(needs && guards + index > 0 ? { needs: needs.map((number) => ids[number % (guards + index)]) } : {}),
    }));
    return Runbook.parse({
      title: 'Any',
      severity: 'P0',
      mode: ['emergency'],
      phases: [{ id: 'one', title: 'One', target: '5m', steps: [...guardSteps, ...steps] }],
    });
  });

describe('placeSteps', () => {
  it('lets every change, and everything after the first one, wait for all guards', () => {
    fc.assert(
      fc.property(anyRunbook, (runbook) => {
        const placed = placeSteps(runbook, actions);
        const guards = placed.filter(({ isGuard }) => isGuard).map(({ step }) => step.id);
        const first = placed.findIndex(({ effect }) => effect !== 'read');

        for (const { step } of first < 0 ? [] : placed.slice(first)) {
          expect([...ancestorsOf(step.id, placed)]).toEqual(expect.arrayContaining(guards));
        }
      }),
    );
  });

  it('makes no circle out of needs that go backwards', () => {
    fc.assert(fc.property(anyRunbook, (runbook) => expect(findCycle(placeSteps(runbook, actions))).toBeUndefined()));
  });
});

describe('findCycle', () => {
  it('finds the circle in a large graph without recursion', () => {
    const count = 20_000;
    const placed = Array.from({ length: count }, (_, index) => ({
      id: `s${index}`,
      needs: [`s${(index + 1) % count}`],
    }));

    expect(findCycle(placed)).toHaveLength(count + 1);
  });
});

describe('inOrder', () => {
  it('puts each step after those it needs, and loses none', () => {
    const steps = [
      { id: 'c', needs: ['b'] },
      { id: 'a', needs: [] },
      { id: 'b', needs: ['a', 'elsewhere'] },
    ];

    expect(inOrder(steps).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and leaves out what is undefined', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());

        expect(canonicalJson({ ...reversed, absent: undefined })).toBe(canonicalJson({ ...value, absent: undefined }));
      }),
    );
  });
});
