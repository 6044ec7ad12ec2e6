import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { createClients } from '../../src/adapters/index.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { actionsPage } from '../../src/cli/actions-page.ts';
import { readSystem } from '../support/system.ts';

const clients = createClients({ secret: () => 'unused', observationTimeoutMs: () => 1000 });
const actions = createActions(clients);
const system = readSystem();

afterAll(() => clients.close());

describe.each([...actions.values()])('$id', (action) => {
  it.each(action.examples)('takes the input of its example: $title', (example) => {
    const input = action.input.parse(example.with);

    // What `wait.until` asks is an action with an input of its own.
    const { uses, with: nested } = example.with as { uses?: string; with?: unknown };
    if (uses !== undefined) expect(actions.get(uses)?.input.safeParse(nested ?? {}).error).toBeUndefined();
    expect(action.expectedSeconds(input, system)).toBeGreaterThan(0);
    expect(Array.isArray(action.dependsOn(input, system))).toBe(true);
    expect(action.writes(input, system).length > 0).toBe(action.effect !== 'read');
  });

  it('takes back what it does, or says why nothing can', () => {
    const says = [action.undo !== undefined, action.withoutUndo !== undefined];

    expect(says.filter(Boolean)).toHaveLength(action.effect === 'read' ? 0 : 1);
    expect(action.withoutUndo ?? '').not.toMatch(/\.$/);
    expect(action.undo?.repeat ?? 'It.').toMatch(/\.$/);
  });

  it('has examples, and says why a repeated call is harmless', () => {
    expect(action.examples.length).toBeGreaterThan(0);
    expect(action.repeat).toMatch(/\.$/);
  });

  it('refuses inputs that it does not know', () => {
    const [example] = action.examples;

    expect(action.input.safeParse({ ...example?.with, surplus: 1 }).success).toBe(false);
  });
});

it('has every action that a shipped runbook uses, and none besides', async () => {
  const { systems } = await loadCatalogue('runbooks');

  const steps = Object.values(systems).flatMap(({ runbooks }) =>
    Object.values(runbooks).flatMap(({ phases }) => phases.flatMap((phase) => phase.steps)),
  );
  const used = new Set(steps.map(({ uses }) => uses));
  // What `wait.until` asks again and again is an action, too.
  for (const { uses, with: input } of steps) if (uses === 'wait.until') used.add(String(input.uses ?? uses));
  used.delete('runbook');

  expect([...used].sort()).toEqual([...actions.keys()].sort());
});

it('are described in docs/actions.md as they are', () => {
  expect(readFileSync('docs/actions.md', 'utf8')).toBe(actionsPage(actions));
});
