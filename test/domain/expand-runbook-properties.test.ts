import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ancestorsOf, findCycle } from '../../src/domain/runbook-graph.ts';
import { expand, nest, runbookOf } from './nested-runbooks.ts';

/** Runbooks of which each nests only later ones, with guards, lists, own needs and conditions anywhere. */
const anyRunbooks = fc
  .integer({ min: 1, max: 4 })
  .chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, level) =>
        fc
          .array(
            fc.record({
              kind: fc.constantFrom('look', 'change', 'guard', 'nest', 'each', 'nest each'),
              target: fc.nat(),
              items: fc.integer({ min: 0, max: 3 }),
              concurrency: fc.option(fc.integer({ min: 1, max: 3 })),
              needs: fc.option(fc.array(fc.nat(), { maxLength: 3 })),
              later: fc.boolean(),
            }),
            { minLength: 1, maxLength: 4 },
          )
          .map((wanted) =>
            runbookOf(
              wanted.map(({ kind, target, items, concurrency, needs, later }, index) => {
                const isNest = kind.startsWith('nest') && level < count - 1;
                const each = {
                  forEach: `\${{ [1, 2, 3].filter(n, n <= ${items}) }}`,
                  ...(concurrency ? { concurrency } : {}),
                };
                return {
                  id: `s${index}`,
                  uses: isNest ? 'runbook' : kind === 'change' ? 'change' : 'look',
                  ...(isNest ? { with: { runbook: `r${level + 1 + (target % (count - 1 - level))}` } } : {}),
                  ...(kind === 'guard' ? { expect: 'true' } : {}),
                  ...(kind.endsWith('each') ? each : {}),
                  ...(needs ? { needs: index === 0 ? [] : needs.map((number) => `s${number % index}`) } : {}),
                  ...(later && kind === 'look' && index > 0 ? { if: 'steps.s0.outputs.ok' } : {}),
                };
              }),
            ),
          ),
      ),
    ),
  )
  .map((found) => Object.fromEntries(found.map((runbook, index) => [index === 0 ? 'main' : `r${index}`, runbook])));

describe('any nesting', () => {
  it('gives unique ids, needs that exist, and no circle', () => {
    fc.assert(
      fc.property(anyRunbooks, (runbooks) => {
        const { steps, scopes } = expand(runbooks);

        const ids = new Set(steps.map(({ id }) => id));
        expect(ids.size).toBe(steps.length);
        expect(steps.flatMap(({ needs }) => needs).filter((id) => !ids.has(id))).toEqual([]);
        expect(findCycle(steps)).toBeUndefined();
        for (const scope of Object.values(scopes)) {
          expect(Object.values(scope.steps).filter((id) => !ids.has(id))).toEqual([]);
        }
      }),
    );
  });

  it('lets every step of a nested runbook but its guards wait for what the nesting step needs', () => {
    fc.assert(
      fc.property(anyRunbooks, (runbooks) => {
        // Nested once more, behind a step of which all must come.
        const top = runbookOf([{ id: 'before' }, nest('all', 'main')]);

        const { steps } = expand({ ...runbooks, top }, 'emergency', 'top');

        for (const { id, step } of steps) {
          if (step.expect === undefined && id !== 'before') expect([...ancestorsOf(id, steps)]).toContain('before');
        }
      }),
    );
  });

  it('lets every change wait for the guards of every nested runbook', () => {
    fc.assert(
      fc.property(anyRunbooks, (runbooks) => {
        const { steps } = expand(runbooks);

        const guards = steps.filter(({ isGuardOfPlan }) => isGuardOfPlan).map(({ id }) => id);
        for (const { id, effect } of steps) {
          if (effect !== 'read') expect([...ancestorsOf(id, steps)]).toEqual(expect.arrayContaining(guards));
        }
      }),
    );
  });
});
