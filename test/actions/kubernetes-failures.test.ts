import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scheduleEnd } from '../../sandbox/kubernetes/controllers/containers.ts';
import { livePods, readyPods } from '../../sandbox/kubernetes/rollout.ts';
import type { PodTrouble } from '../../sandbox/kubernetes/state.ts';
import { templatesOf } from '../../sandbox/kubernetes/templates.ts';
import type { FaultName } from '../../sandbox/world/state.ts';
import type { JsonObject } from '../../src/domain/action.ts';
import { benchOf } from '../support/actions.ts';
import { standingStill } from '../support/standing-still.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const NAME = 'chatbot-api';
const east = { region: 'us-east-1' };

let bench: TestWorld;
let act: ReturnType<typeof benchOf>;

beforeEach(async () => {
  bench = await startTestWorld({ speed: 120 });
  act = benchOf(bench);
});
afterEach(() => bench.close());

const cluster = () => {
  const found = bench.world.state.kubernetes['us-east-1'];
  if (!found) throw new Error('no cluster');
  return found;
};
const ready = () => readyPods(cluster(), NAME, bench.world.clock.now()).length;
const seconds = (count: number) => bench.world.takeTime(count * 1000);
const switchOn = (name: FaultName, target = NAME) => bench.world.switchFault({ name, target }, true);
/** What is the matter with every pod of a release that is created from now on. */
function spoilRelease(number: number, trouble: PodTrouble): void {
  const deployment = cluster().deployments[NAME];
  if (!deployment) throw new Error('no deployment');
  deployment.templates = templatesOf(deployment).map((one) => (one.number === number ? { ...one, trouble } : one));
}
/** Told while nothing changes, so that it is of one moment. */
const pods = async () => (await standingStill(bench.world, () => act.run('k8s.pods', east))).outputs;

describe('pods that fail', () => {
  it('are none in a healthy region', async () => {
    const { outputs, finding } = await act.run('k8s.pods', { ...east, propose: 'run chatbot/service-failure' });

    expect(outputs).toMatchObject({ ready: 35, wanted: 35, troubled: 0, badReleases: 0, targets: {} });
    expect(finding?.sentence).toContain('No pod in us-east-1 fails');
    expect(finding?.proposal).toBeUndefined();
  });

  it('of a bad release: around it, back from it, and every pod in service again', async () => {
    switchOn('crash-looping-pods');
    await seconds(75);
    const before = await pods();
    const log = await act.run('k8s.logs', east);
    const replaced = await act.look('k8s.restart-failed', east);
    const around = await act.run('k8s.route-around', { ...east, set: 'healthy' });
    const back = await act.run('k8s.rollout-undo', east);
    const all = await act.run('k8s.route-around', { ...east, set: 'all' });
    const after = await pods();
    const undone = await act.undo('k8s.rollout-undo', east, { outputs: back.outputs });

    expect(before).toMatchObject({ crashLooping: before.troubled, badReleases: 1, routable: 1, replaceable: 0 });
    expect(before.sentence).toMatch(
      /of 20 pods of chatbot-api in us-east-1 work; \d+ in a crash loop \(up to \d+ restarts\)\. No pod of its newest release, revision 2 \(release 1\.1\.0\), works\. Of revision 1, 4 work\./,
    );
    expect(before.advice).toBe('Take chatbot-api back to revision 1.');
    expect(JSON.stringify(log.outputs)).toContain('cannot read LIMITS_FILE');
    expect(JSON.stringify(log.outputs)).not.toContain('in-the-sandbox');
    expect(replaced.change.changes).toEqual([]);
    expect(around.changes).toEqual([
      {
        what: 'Service chatbot-api in us-east-1',
        before: 'every ready pod',
        after: expect.stringContaining('release'),
      },
    ]);
    expect(back.outputs.back).toEqual([NAME]);
    expect(back.changes).toEqual([
      { what: 'Release of chatbot-api in us-east-1', before: 'revision 2 (release 1.1.0)', after: 'revision 1' },
    ]);
    expect(all.changes).toHaveLength(1);
    expect(after).toMatchObject({ ready: 35, troubled: 0, badReleases: 0 });
    expect(undone.undone.changes[0]?.after).toContain('(release 1.1.0)');
  });

  it.each([
    ['out-of-memory-pods', 'outOfMemory', 60, { [NAME]: 36 }],
    // Not more than 80 %: no more pods are needed than there were.
    ['failing-probes', 'probesFailing', 5, {}],
  ] as const)(
    'by what they hold: %s are mended by others in their place, and no other pod is touched',
    async (fault, count, wait, targets) => {
      const well = new Set(livePods(cluster(), NAME).map(({ name }) => name));
      switchOn(fault);
      await seconds(wait);
      const before = await pods();
      const { outputs, calls } = await act.run('k8s.restart-failed', east);
      const again = await act.run('k8s.restart-failed', east);
      const after = await pods();

      expect(before[count]).toBe(16);
      expect(before).toMatchObject({ badReleases: 0, replaceable: 16, targets, shared: false });
      expect(Object.keys(outputs.replaced as JsonObject)).toHaveLength(16);
      expect(calls).toHaveLength(16);
      expect(again).toMatchObject({ changes: [], calls: [] });
      expect(after).toMatchObject({ ready: 35, troubled: 0 });
      expect(livePods(cluster(), NAME).filter(({ name }) => well.has(name))).toHaveLength(4);
    },
  );

  it('that fail again in the place of those that were replaced: another restart is not what they need', async () => {
    spoilRelease(1, 'crash');
    switchOn('failing-probes');
    await seconds(5);
    const restarting = act.run('k8s.restart-failed', east);

    await expect(restarting).rejects.toMatchObject({
      name: 'Permanent',
      code: 'kubernetes.fails-again',
      message: expect.stringMatching(
        /^\d+ pods in us-east-1 that replaced failing ones fail again: chatbot-api-\S+ is in a crash loop\./,
      ),
    });
    expect(bench.carriedOut()).toEqual(Array.from({ length: 16 }, () => 'kubernetes delete pods'));
  });

  it('of the release before, too: it is gone back once, and another release is not what they need', async () => {
    switchOn('crash-looping-pods');
    spoilRelease(1, 'crash');
    for (const pod of livePods(cluster(), NAME).filter(({ trouble }) => trouble === undefined)) {
      pod.trouble = 'crash';
      scheduleEnd(bench.world, cluster(), pod);
    }
    await seconds(75);
    const back = act.run('k8s.rollout-undo', east);

    await expect(back).rejects.toMatchObject({
      name: 'Permanent',
      code: 'kubernetes.release-fails-too',
      message: expect.stringMatching(/^chatbot-api in us-east-1 is back at revision 3, and that fails too\./),
    });
    expect(bench.carriedOut()).toEqual(['kubernetes update deployments']);
  });

  it('of a rollout back that the cluster gives up: that is said, and the way back fails', async () => {
    switchOn('crash-looping-pods');
    spoilRelease(1, 'probe');
    await seconds(75);
    // Ten minutes without progress.
    bench.world.setSpeed(600);
    const back = act.run('k8s.rollout-undo', east);

    await expect(back).rejects.toMatchObject({
      name: 'Permanent',
      code: 'kubernetes.rollout-stuck',
      message: expect.stringMatching(/^The rollout of chatbot-api is stuck: .*has timed out progressing/),
    });
    expect(bench.carriedOut()).toEqual(['kubernetes update deployments']);
  });

  it('without their image: a quarter of the pods, and the release before has it', async () => {
    switchOn('image-missing');
    await seconds(30);
    const before = await pods();
    const log = await act.run('k8s.logs', east);
    await act.run('k8s.rollout-undo', east);

    expect(before).toMatchObject({ imageMissing: 10, badReleases: 1 });
    expect(ready()).toBe(20);
    expect(JSON.stringify(log.outputs)).toMatch(/1\.1\.0.*not found|Back-off pulling image/);
  });

  it('without room: full nodes limit what is raised, and what fails is replaced in its own place', async () => {
    switchOn('full-nodes', 'us-east-1');
    const room = await act.run('k8s.capacity', { ...east, deployment: NAME, replicas: 24 });
    const raised = await act.run('k8s.autoscaler', { ...east, replicas: { [NAME]: 24 } });
    switchOn('failing-probes');
    await act.run('k8s.restart-failed', east);

    expect(room.outputs).toMatchObject({ missingPods: 4, missingMillicores: 1000 });
    expect(raised).toMatchObject({ changes: [], outputs: { withoutRoom: 4 } });
    expect(raised.finding?.sentence).toContain('no room for 4 of the pods');
    expect(ready()).toBe(20);
  });

  it('are added where there is room: by an autoscaler’s minimum, or the replicas of a deployment; and taken back', async () => {
    const given = { ...east, replicas: { [NAME]: 24, 'auth-service': 7 } };
    const byAutoscaler = await act.run('k8s.autoscaler', given);
    const byReplicas = await act.run('k8s.scale-up', given);
    const again = await act.run('k8s.scale-up', given);
    const backA = await act.undo('k8s.autoscaler', given, { outputs: byAutoscaler.outputs });
    const backB = await act.undo('k8s.scale-up', given, { outputs: byReplicas.outputs });

    expect(byAutoscaler.changes).toEqual([
      {
        what: 'chatbot-api in us-east-1',
        before: 'autoscaler chatbot-api between 20 and 30',
        after: 'autoscaler chatbot-api between 24 and 30',
      },
    ]);
    expect(byReplicas.changes).toEqual([
      { what: 'auth-service in us-east-1', before: '5 replicas', after: '7 replicas' },
    ]);
    expect(again).toMatchObject({ changes: [], calls: [] });
    expect(backA.undone.changes[0]?.after).toBe('autoscaler chatbot-api between 20 and 30');
    expect(cluster().deployments['auth-service']?.replicas).toBe(5);
    expect(backB.undone.changes).toHaveLength(1);
  });

  it('are more than the autoscaler may have: its bounds are raised, and the load is spread', async () => {
    Object.assign(cluster().demand ?? {}, { [NAME]: 28 });
    await seconds(240);
    const before = await pods();
    const targets = before.targets as Record<string, number>;
    await act.run('k8s.autoscaler', { ...east, replicas: targets });
    const after = await pods();

    expect(before).toMatchObject({ troubled: 0, exhausted: 1, targets: { [NAME]: expect.any(Number) } });
    expect(before.advice).toContain('Give chatbot-api more pods');
    expect(targets[NAME]).toBeGreaterThan(30);
    expect(after).toMatchObject({ exhausted: 0 });
  });

  it('of every deployment at once: what they share is named, and none is replaced', async () => {
    for (const name of Object.keys(cluster().deployments)) switchOn('failing-probes', name);
    await seconds(100);
    const proposeShared = 'run chatbot/database-failure';
    const { outputs, finding } = await act.run('k8s.pods', {
      ...east,
      propose: 'run chatbot/service-failure',
      proposeShared,
    });
    const restart = await act.look('k8s.restart-failed', east);
    const release = await act.look('k8s.rollout-undo', east);

    expect(outputs).toMatchObject({ shared: true, badReleases: 0, replaceable: 0, exhausted: 0, targets: {} });
    expect(finding?.sentence).toContain('`/dr run chatbot/database-failure`');
    expect(finding?.proposal).toBe(proposeShared);
    expect([...restart.change.changes, ...release.change.changes]).toEqual([]);
  });

  it('on lost nodes get others elsewhere before the cluster gives the nodes up', async () => {
    switchOn('zone-down', 'us-east-1b');
    await seconds(60);
    const before = await pods();
    const { outputs } = await act.run('k8s.restart-failed', east);

    expect(before.nodeLost).toBe(before.troubled);
    expect(Number(before.nodeLost)).toBeGreaterThan(0);
    expect(outputs.ready).toBe(35);
  });
});
