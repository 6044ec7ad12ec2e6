import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createActions } from '../../src/actions/index.ts';
import { createClients } from '../../src/adapters/index.ts';
import { actionsPage } from '../../src/cli/actions-page.ts';
import { Runbook } from '../../src/domain/runbook.ts';
import { readSystem } from '../support/system.ts';

const clients = createClients({ secret: () => 'unused', observationTimeoutMs: () => 1000 });
const actions = createActions(clients);
const system = readSystem();

afterAll(() => clients.close());

describe.each([...actions.values()])('$id', (action) => {
  it.each(action.examples)('takes the input of its example: $title', (example) => {
    const input = action.input.parse(example.with);

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

it('has every action that the shipped runbook uses, and none besides', () => {
  const runbook = Runbook.parse(parse(readFileSync('runbooks/chatbot/region-failover.yaml', 'utf8')));

  const used = runbook.phases.flatMap(({ steps }) => steps.map(({ uses }) => uses));

  expect(new Set(used)).toEqual(new Set(actions.keys()));
});

it('are described in docs/actions.md as they are', () => {
  expect(readFileSync('docs/actions.md', 'utf8')).toBe(actionsPage(actions));
});
