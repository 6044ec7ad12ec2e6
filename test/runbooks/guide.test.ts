import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { formatProblem } from '../../src/domain/catalogue.ts';
import { lintCatalogue } from '../../src/domain/lint/lint.ts';
import { actions, withEdited } from './support.ts';

/** A runbook of one step, for examples that are only a part of one. */
const AROUND = {
  title: 'Example',
  severity: 'P2',
  mode: ['planned', 'emergency'],
  phases: [
    {
      id: 'one',
      title: 'One',
      target: '5m',
      steps: [{ id: 'ask', title: 'Ask', uses: 'manual.confirm', with: { question: 'Well?' } }],
    },
  ],
};

/** The examples of docs/runbooks.md as whole runbooks: those with a title are that already, and are called by it. */
async function examples(): Promise<[name: string, text: string][]> {
  const page = await readFile('docs/runbooks.md', 'utf8');
  return [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ''], index) => {
    const value: unknown = parse(text);
    if (Array.isArray(value)) {
      const phases = AROUND.phases.map((phase) => ({ ...phase, steps: value as unknown[] }));
      return [`steps-${index}`, stringify({ ...AROUND, phases })];
    }
    const part = value as { title?: string };
    if (part.title === undefined) return [`part-${index}`, stringify({ ...AROUND, ...part })];
    return [part.title.toLowerCase().replaceAll(' ', '-'), text];
  });
}

describe('docs/runbooks.md', () => {
  it('has only examples without mistakes', async () => {
    const found = await examples();

    const problems = await withEdited([], async (directory) => {
      for (const [name, text] of found) await writeFile(join(directory, 'chatbot', `${name}.yaml`), text);
      return lintCatalogue(await loadCatalogue(directory), actions).map(formatProblem);
    });

    expect(found.length).toBeGreaterThanOrEqual(8);
    expect(problems).toEqual([]);
  });

  it('tells of everything that a runbook and a step can have', async () => {
    const page = await readFile('docs/runbooks.md', 'utf8');
    const schema = JSON.parse(await readFile('runbooks/schema/runbook.json', 'utf8'));
    const steps = schema.properties.phases.items.properties.steps.items.properties;

    const keys = [...Object.keys(schema.properties), ...Object.keys(steps), ...Object.keys(steps.retry.properties)];

    expect(keys.filter((key) => !page.includes(key))).toEqual([]);
  });
});
