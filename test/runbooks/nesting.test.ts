// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { formatProblem } from '../../src/domain/catalogue.ts';
import { lintCatalogue } from '../../src/domain/lint/lint.ts';
import { actions, withEdited } from './support.ts';

const HEAD = `title: Move
severity: P1
mode: [emergency, planned]
`;

/** What is nested: a guard over a parameter, a list, and outputs of three types. */
const INNER = `${HEAD}params:
  url: { type: string }
  tries: { type: int, default: 3 }
  names: { type: string, default: api }
outputs:
  endpoint: steps.promote.outputs.endpoint
  port: steps.promote.outputs.port
  healthy: steps["last-look"].outputs.healthy
phases:
  - id: one
    title: One
    target: 5m
    steps:
      - id: answers
        title: It answers
        uses: http.check
        with: { url: "\${{ params.url }}" }
        expect: outputs.healthy
        explain: It must answer.
      - id: promote
        title: Promote
        uses: rds.promote-replica
        with: { region: us-west-2, instance: x }
      - id: last-look
        title: It still answers
        uses: http.check
        with: { url: "\${{ params.url }}", consecutive: "\${{ params.tries }}" }
`;

/** Everything that lint says about a runbook with these steps, which begin in line 9, beside others of these names. */
async function said(steps: string, more: { head?: string; inner?: string; others?: Record<string, string> } = {}) {
  const { head = HEAD, inner = INNER, others = {} } = more;
  const text = `${head}phases:\n  - id: one\n    title: One\n    target: 5m\n    steps:\n${steps}`;
  const files = { outer: text, inner, ...others };
  return withEdited([], async (directory) => {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(directory, 'chatbot', `${name}.yaml`), content);
    }
    const problems = lintCatalogue(await loadCatalogue(directory), actions);
    return problems.map((problem) => formatProblem(problem).replaceAll(`${directory}/chatbot/`, ''));
  });
}

const LOOK = `      - id: look
        title: Look
        uses: http.check
        with: { url: "\${{ system.endpoints.health }}" }
`;
const NEST = `      - id: move
        title: Move
        uses: runbook
        with: { runbook: inner, params: { url: "\${{ system.endpoints.health }}" } }
`;
const USE = (url: string) => `      - id: use
        title: Use
        uses: http.check
        with: { url: "\${{ ${url} }}" }
`;
const EACH = `      - id: each
        title: Each
        uses: http.check
        forEach: \${{ system.kubernetes.deployments }}
        with: { url: "https://\${{ item }}.example" }
`;

describe('lint of nested runbooks and lists', () => {
  it.each([
    ['a nested runbook', NEST],
    ['its outputs', NEST + USE('steps.move.outputs.endpoint')],
    ['a list', EACH],
    [
      'the outputs of a list',
      `${EACH}        concurrency: 2\n${LOOK}        if: steps.each.outputs.items.all(one, one.healthy)\n`,
    ],
    [
      'elements that are groups',
      EACH.replace('deployments', 'deployments')
        .replace('system.kubernetes.deployments', 'system.dns.resolvers')
        .replace('item }}', 'item.name }}'),
    ],
    [
      'retries of what cannot be taken back',
      '      - { id: a, title: A, uses: rds.promote-replica, with: { region: us-west-2, instance: x }, retry: { attempts: 2, retryOn: [rds.throttling] } }\n',
    ],
    [
      'a runbook of fewer modes below a condition',
      `${NEST}        if: mode == "planned"\n`,
      INNER.replace('[emergency, planned]', '[planned]'),
    ],
  ])('accepts %s', async (_title, steps, inner = INNER) => {
    await expect(said(steps, { inner })).resolves.toEqual([]);
  });

  it.each([
    [
      'an output that the nested runbook does not bring',
      NEST + USE('steps.move.outputs.endpont'),
      'outer.yaml:16:22: steps.move.outputs has no endpont. Did you mean steps.move.outputs.endpoint?',
    ],
    [
      'an output of another type',
      NEST + USE('steps.move.outputs.healthy'),
      'outer.yaml:16:22: http.check wants text as url, but this is true or false.',
    ],
    [
      'outputs of a list as if it were one step',
      EACH + USE('steps.each.outputs.url'),
      'outer.yaml:17:22: steps.each.outputs has no url (there is items).',
    ],
    [
      'a key that the elements do not have',
      EACH.replace('system.kubernetes.deployments', 'system.dns.resolvers').replace('item }}', 'item.nam }}'),
      'outer.yaml:13:22: item has no nam. Did you mean item.name?',
    ],
    [
      'item outside of a list',
      USE('item'),
      'outer.yaml:12:22: There is no item here (there are system, params, mode and steps).',
    ],
    [
      'an unknown nested runbook',
      NEST.replace('inner', 'iner'),
      'outer.yaml:12:26: chatbot has no runbook iner. Did you mean inner?',
    ],
    [
      'a file name instead of a runbook',
      NEST.replace('inner', 'inner.yaml'),
      'outer.yaml:12:26: chatbot has no runbook inner.yaml. Did you mean inner?',
    ],
    [
      'no runbook at all',
      NEST.replace('runbook: inner, ', ''),
      'outer.yaml:12:15: move does not say which runbook it nests. Write with: { runbook: <its name> }.',
    ],
    [
      'a computed name',
      NEST.replace('inner', '"${{ mode }}"'),
      'outer.yaml:12:26: The name of a nested runbook cannot be computed. Write with: { runbook: <its name> }.',
    ],
    [
      'an unknown parameter',
      NEST.replace('params: { url', 'params: { ulr'),
      'outer.yaml:12:43: inner has no parameter ulr. Did you mean url?',
    ],
    ['a missing parameter', NEST.replace(/, params: .* }/, ' }'), 'outer.yaml:12:15: inner needs the parameter url.'],
    [
      'a parameter of the wrong type',
      NEST.replace('params: {', 'params: { tries: many,'),
      'outer.yaml:12:50: The parameter tries must be a whole number, not "many".',
    ],
    [
      'a parameter computed with the wrong type',
      NEST.replace('params: {', 'params: { tries: "${{ mode }}",'),
      'outer.yaml:12:50: The parameter tries must be a whole number, but this is text.',
    ],
    [
      'parameters beside params',
      NEST.replace('params: {', 'url: x, params: {'),
      'outer.yaml:12:33: A nested runbook takes no url here. Write what it takes below params.',
    ],
    [
      'a parameter of a guard that is known only in the run',
      LOOK + NEST.replace('system.endpoints.health', 'string(steps.look.outputs.status)'),
      'outer.yaml:16:48: The parameter url of inner must be known before the run, because the guard answers reads it, but this reads outputs.',
    ],
    [
      'a condition over outputs above a guard',
      `${LOOK}${NEST}        if: steps.look.outputs.healthy\n`,
      'outer.yaml:17:13: The if of move reads outputs, but inner has the guard answers, which is judged before any step runs.',
    ],
    [
      'a nested runbook as a guard',
      `${NEST}        expect: outputs.healthy\n        explain: x\n`,
      'outer.yaml:13:9: move nests a runbook, which is no guard. Put expect on a step of that runbook: it counts for the whole plan.',
    ],
    [
      'a nested runbook that is to be tried again',
      `${NEST}        retry: { attempts: 2 }\n`,
      'outer.yaml:13:9: move nests a runbook, which is not tried again as a whole. Give retry to the steps of that runbook.',
    ],
    [
      'a guard after a nested runbook that changes something',
      `${NEST}${LOOK}        expect: outputs.healthy\n        explain: x\n`,
      'outer.yaml:17:9: The guard look stands after move, the first step that changes something. Move it up: all guards stand before the first change.',
    ],
    [
      'a list that reads outputs',
      LOOK + EACH.replace('system.kubernetes.deployments', '[steps.look.outputs.status]'),
      'outer.yaml:16:18: The list of each reads outputs, but it must be known before the run. It may read system, params and mode.',
    ],
    [
      'a list that is none',
      EACH.replace('system.kubernetes.deployments', 'system.title'),
      'outer.yaml:12:18: forEach must give a list, but "system.title" is text.',
    ],
    [
      'a list that is no expression',
      EACH.replace('${{ system.kubernetes.deployments }}', 'api, web').replace('item', 'mode'),
      'outer.yaml:12:18: forEach is "api, web", which is no list. Write one expression that gives a list: ${{ system.kubernetes.deployments }}.',
    ],
    [
      'a list with a mistake',
      EACH.replace('system.kubernetes.deployments', 'system.kubernetes.deployment'),
      'outer.yaml:12:18: system.kubernetes has no deployment. Did you mean system.kubernetes.deployments?',
    ],
    [
      'a list that is too long',
      EACH.replace('system.kubernetes.deployments', `[${'1,'.repeat(200)}1]`).replace('item', 'string(item)'),
      'outer.yaml:9:9: The list of each has 201 elements; at most 200 are allowed.',
    ],
    [
      'a concurrency without a list',
      `${LOOK}        concurrency: 2\n`,
      'outer.yaml:13:9: look has a concurrency, but no forEach whose copies it could limit. Add forEach, or remove it.',
    ],
    [
      'codes that are none',
      `${LOOK}        retry: { attempts: 2, retryOn: [RDS.Throttling] }\n`,
      'outer.yaml:13:41: "RDS.Throttling" is no code of an error: they look like rds.throttling. Did you mean rds.throttling?',
    ],
    [
      'a guard that is tried again',
      `${LOOK}        expect: outputs.healthy\n        explain: x\n        retry: { attempts: 2 }\n`,
      'outer.yaml:15:9: The guard look has a retry, but guards only look, and are looked at again by themselves. Remove it.',
    ],
    [
      'a graceful guard',
      `${LOOK}        expect: outputs.healthy\n        explain: x\n        graceful: true\n`,
      'outer.yaml:15:9: The guard look is graceful, but guards are judged before any step runs. Write if: mode == "planned" to judge it in planned runs only.',
    ],
    [
      'outputs of a step that may be left out',
      `${LOOK}        graceful: true\n${USE('string(steps.look.outputs.status)')}`,
      'outer.yaml:17:22: use reads an output of look, which is left out when a planned run becomes an emergency. Make use graceful too, or look not.',
    ],
    [
      'one attempt, which is no retry',
      `${LOOK}        retry: { attempts: 1 }\n`,
      'outer.yaml:13:28: attempts must be at least 2, not the number 1.',
    ],
  ])('explains %s', async (_title, steps, sentence) => {
    await expect(said(steps)).resolves.toEqual([sentence]);
  });

  it('explains a graceful step where nothing can become an emergency', async () => {
    await expect(said(`${LOOK}        graceful: true\n`, { head: HEAD.replace(', planned', '') })).resolves.toEqual([
      'outer.yaml:13:9: look is graceful, but this runbook has no planned mode that could become an emergency. Remove it, or add planned to mode.',
    ]);
  });

  it('explains a nested runbook that lacks a mode', async () => {
    await expect(said(NEST, { inner: INNER.replace('[emergency, planned]', '[planned]') })).resolves.toEqual([
      'outer.yaml:12:26: inner has no emergency mode, which this runbook has. Add it there, or write if: mode == "planned" here.',
    ]);
  });

  it('explains outputs of a runbook that its steps do not bring', async () => {
    const inner = INNER.replace('steps.promote.outputs.port', 'steps.promote.outputs.pot');

    await expect(said(NEST, { inner })).resolves.toEqual([
      'inner.yaml:10:9: steps.promote.outputs has no pot. Did you mean steps.promote.outputs.port?',
    ]);
  });

  it('explains runbooks that nest themselves, directly or in a circle', async () => {
    const nestOf = (name: string) => `${NEST.replace(/with: .*/, `with: { runbook: ${name} }`)}`;
    const other = `${HEAD}phases:\n  - id: one\n    title: One\n    target: 5m\n    steps:\n${nestOf('outer')}`;

    await expect(said(nestOf('outer'))).resolves.toEqual([
      'outer.yaml:12:26: outer nests itself: outer → outer. A plan would never end.',
    ]);
    await expect(said(nestOf('other'), { others: { other } })).resolves.toEqual([
      'other.yaml:12:26: other nests itself: other → outer → other. A plan would never end.',
      'outer.yaml:12:26: outer nests itself: outer → other → outer. A plan would never end.',
    ]);
  });

  it('explains a plan that becomes too large by what it nests', async () => {
    const many = EACH.replace('system.kubernetes.deployments', `[${'1,'.repeat(199)}1]`).replace(
      'item',
      'string(item)',
    );
    const others = { many: `${HEAD}phases:\n  - id: one\n    title: One\n    target: 5m\n    steps:\n${many}` };
    const nests = Array.from(
      { length: 5 },
      (_, index) => `      - { id: n${index}, title: N, uses: runbook, with: { runbook: many } }\n`,
    );

    await expect(said(nests.join(''), { others })).resolves.toEqual([
      'outer.yaml:13:9: The plan would have more than 1,000 steps: divide the runbook, or shorten its lists.',
    ]);
  });
});
