import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { SandboxStage, type StageOptions } from '../../../sandbox/start/stage.ts';
import { loadCatalogue } from '../../../src/catalogue/load.ts';
import { silent } from '../../support/engine.ts';

const RUNBOOKS = fileURLToPath(new URL('../../../runbooks', import.meta.url));
let directory: string;
let stages: SandboxStage[];
/** What the person at the terminal was told. */
let told: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifeboat-stage-'));
  stages = [];
  told = [];
});

afterEach(async () => {
  for (const stage of stages) await stage.close();
  await rm(directory, { recursive: true, force: true });
});

async function createStage(): Promise<SandboxStage> {
  return stageWith(await createOptions());
}

async function createOptions(): Promise<StageOptions> {
  return {
    catalogue: await loadCatalogue(RUNBOOKS),
    runbooksDirectory: RUNBOOKS,
    directory: join(directory, 'sandbox'),
    logger: silent,
    say: (sentence) => told.push(sentence),
  };
}

function stageWith(options: StageOptions): SandboxStage {
  const stage = new SandboxStage(options, { systemName: 'chatbot', seed: 1, speed: 60 });
  stages.push(stage);
  return stage;
}

function onStage(stage: SandboxStage): Sandbox {
  const sandbox = stage.current();
  if (!sandbox) throw new Error('nothing is on stage');
  return sandbox;
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Everything that this process has started and that has not ended. */
function processes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

/** The texts in #incident-response. */
function said({ slack }: Sandbox): string[] {
  return slack.workspace.messages('C0INCIDENTRESPONSE').map(({ text }) => text);
}

describe('the stage', () => {
  it('goes on after a stop with the incident as it stood, and begins anew at a reset', async () => {
    const first = await createStage();
    expect(await first.start({ anew: false })).toBe('new');
    const before = onStage(first);
    before.world.switchFault({ name: 'region-down', target: 'us-east-1' }, true);
    await before.slack.workspace.command('requester', 'incident-response', '/dr failover chatbot');
    await until(() => said(before).find((text) => text.startsWith('Plan INC-1.p1')));
    const writes = before.client.outcomes().length;
    const kubeconfig = await readFile(join(directory, 'sandbox', 'kubeconfig.yaml'), 'utf8');
    await first.close();
    const leftAt = before.world.clock.now();

    const second = await createStage();
    expect(await second.start({ anew: false })).toBe('continued');

    const after = onStage(second);
    expect(second.world).toBe(first.world || before.world.state.startedAt);
    expect(said(after).slice(0, 2)).toEqual(said(before).slice(0, 2));
    expect(after.world.regionCondition('us-east-1')).toBe('hang');
    // Copies of it stay right: the clusters have their ports, their authority and their token.
    expect(await readFile(join(directory, 'sandbox', 'kubeconfig.yaml'), 'utf8')).toBe(kubeconfig);
    expect(after.client.outcomes().length).toBeGreaterThanOrEqual(writes);
    expect(after.world.clock.now() - leftAt).toBeLessThan(60 * 60_000);
    // The bot that came back knows its incident: the approval of the old card starts the run.
    const card = await until(() =>
      after.slack.workspace.messages('C0INCIDENTRESPONSE').find(({ text }) => text.startsWith('Plan INC-1.p1')),
    );
    const approve = JSON.stringify(card.blocks).match(/"action_id":"(dr:approve[^"]*)"/)?.[1] ?? '';
    await after.slack.workspace.click('approver', {
      channel: 'C0INCIDENTRESPONSE',
      message: card.ts,
      actionId: approve,
      value: 'INC-1.p1',
    });
    await until(async () => (await after.store.journal.state('INC-1'))?.run);
    const world = second.world;

    await expect(second.reset({ faults: ['region-dwn:us-east-1'] })).rejects.toThrow('Did you mean region-down?');
    await expect(second.reset({ system: 'chatbt' })).rejects.toThrow('There is no system "chatbt"');
    expect(second.current()).toBe(after);

    await second.reset({ seed: 7, faults: ['replica-lag:600s'] });

    const anew = onStage(second);
    expect(second.world).toBeGreaterThan(world);
    expect(anew.world.state.seed).toBe(7);
    expect(anew.world.state.faults).toMatchObject([{ name: 'replica-lag', seconds: 600 }]);
    expect(said(anew)).toEqual([]);
    expect(await anew.store.journal.newestIncident('chatbot')).toBeUndefined();
  }, 240_000);

  it.each([
    ['SIGTERM', 'status 0'],
    ['SIGKILL', 'SIGKILL'],
  ] as const)(
    'starts the bot again that somebody ended with %s',
    async (signal, words) => {
      const stage = await createStage();
      await stage.start({ anew: true });
      const sandbox = onStage(stage);
      const { pid } = sandbox.bot();

      process.kill(pid, signal);
      const outage = await until(() => sandbox.botKeeper.outage());
      await until(() => sandbox.botKeeper.outage() === undefined || undefined);

      expect(outage).toBe(`it ended with ${words}`);
      expect(sandbox.bot().pid).not.toBe(pid);
      expect((await fetch(`${sandbox.bot().url}/healthz`)).status).toBe(200);
      expect(told).toEqual([
        `The bot ended (${words}). It is started again; what it was doing goes on.`,
        `The bot is back (process ${sandbox.bot().pid}).`,
      ]);
    },
    90_000,
  );

  it('leaves no bot behind when a reset comes while one is being started again', async () => {
    const before = processes();
    const stage = await createStage();
    await stage.start({ anew: true });
    const old = onStage(stage);
    const withBot = processes();
    process.kill(old.bot().pid, 'SIGKILL');
    await until(() => processes() < withBot || undefined);
    await until(() => processes() === withBot || undefined);

    await stage.reset({});
    const afterwards = processes();
    await stage.close();

    expect(afterwards).toBe(withBot);
    expect(processes()).toBe(before);
  }, 240_000);

  it('says why a reset has failed, leaves nothing of it running, and takes the next one', async () => {
    const before = processes();
    const options = await createOptions();
    const stage = stageWith(options);
    const heard: string[] = [];
    for (const event of ['resetting', 'ready', 'failed'] as const) stage.on(event, () => heard.push(event));
    await stage.start({ anew: true });
    const why = 'The new world could not be made. The simulated system did not become healthy within 0.001 s.';

    options.healthyWithin = 1;
    await expect(stage.reset({ seed: 7 })).rejects.toThrow(why);
    const failure = stage.failure();
    const left = processes();
    delete options.healthyWithin;
    await stage.reset({});

    expect(failure).toEqual({ why, systems: stage.systems, system: 'chatbot', seed: 7 });
    expect(left).toBe(before);
    expect(told).toEqual([`${why} Reset, on the page, begins another.`]);
    expect(heard).toEqual(['ready', 'resetting', 'failed', 'resetting', 'ready']);
    expect(stage.failure()).toBeUndefined();
    expect(onStage(stage).world.state.seed).toBe(7);
  }, 240_000);

  it('gives up a world that is being made when it is closed', async () => {
    const before = processes();
    const stage = await createStage();

    const starting = stage.start({ anew: true }).catch((error: Error) => error.message);
    await until(() => processes() > before || undefined);
    await stage.close();

    expect(await starting).toMatch(/^The (sandbox was ended before its world was ready|bot did not start)/);
    expect(processes()).toBe(before);
  }, 240_000);
});
