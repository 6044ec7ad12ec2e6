import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inSandbox, until } from '../../support/sandbox.ts';

/** Valid YAML and a valid runbook, but there is no such action. */
const UNKNOWN_ACTION = `title: Drain
severity: P2
mode: [planned]
phases:
  - id: one
    title: One
    target: 5m
    steps:
      - { id: drain, title: Drain, uses: k8s.restrt, with: { region: us-east-1 } }
`;

test('a broken runbook is told by the log and /dr status, and the failover beside it is planned', async () => {
  const runbooksDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-broken-'));
  try {
    await cp('runbooks', runbooksDirectory, { recursive: true });
    await writeFile(join(runbooksDirectory, 'chatbot', 'drain.yaml'), UNKNOWN_ACTION);
    await writeFile(join(runbooksDirectory, 'chatbot', 'torn.yaml'), 'title: [');

    await inSandbox({ runbooksDirectory }, async (sandbox) => {
      const { slack, cast, incidentChannel } = sandbox;
      const say = (line: string) => slack.workspace.command(cast.requester.id, incidentChannel, line);
      await say('/dr status chatbot');
      await say('/dr failover chatbot --mode planned --reason "practice"');
      const state = await until(sandbox, ({ plans }) => plans.length > 0);

      const shown = JSON.stringify(slack.workspace.state.ephemerals);
      expect(shown).toContain('There is no action k8s.restrt. Did you mean k8s.restart?');
      expect(shown).toMatch(/torn\.yaml:\d+:\d+/);
      const log = await readFile(join(dirname(sandbox.stateDirectory), 'bot.log'), 'utf8');
      expect(log).toMatch(/drain\.yaml:9:42.*There is no action k8s\.restrt/);
      expect(log).toMatch(/torn\.yaml/);
      expect(state.plans[0]).toMatchObject({ plan: { runbook: 'region-failover' } });
    });
  } finally {
    await rm(runbooksDirectory, { recursive: true, force: true });
  }
});
