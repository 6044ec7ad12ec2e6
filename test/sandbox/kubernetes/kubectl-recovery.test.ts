import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { standingStill } from '../../support/standing-still.ts';
import { EAST, startClusters, system } from './world.ts';

const TIME = 90_000;
const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;
const PAGE = resolve('runbooks/chatbot/config/maintenance-mode.yaml');
const JOB = `
apiVersion: batch/v1
kind: Job
metadata: { name: check }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: check, image: "busybox:1.37", command: ["true"] }] } } }
`;

/** The document's own commands, typed where pods fail. Skipped, and counted as such, where kubectl is not installed. */
(isInstalled ? describe : describe.skip)('kubectl, in a recovery', () => {
  let directory: string;
  let clusters: Awaited<ReturnType<typeof startClusters>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-kubectl-recovery-'));
    clusters = await startClusters({ speed: 60 });
    await writeFile(join(directory, 'kubeconfig.yaml'), clusters.apis.kubeconfig, { mode: 0o600 });
    await writeFile(join(directory, 'job.yaml'), JOB);
  });

  afterAll(async () => {
    await clusters?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function kubectl(line: string): Promise<string> {
    const child = spawn('kubectl', ['--context', system.kubernetes.contexts[EAST] ?? '', ...line.split(' ')], {
      cwd: directory,
      env: {
        ...process.env,
        HOME: directory,
        KUBECONFIG: join(directory, 'kubeconfig.yaml'),
        KUBECACHEDIR: join(directory, 'cache'),
        NO_PROXY: '127.0.0.1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((done) => child.on('close', done)),
    ]);
    if (status !== 0) throw new Error(`kubectl ${line} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  }

  it(
    'sees a crash loop, its reason and its logs, and goes back to the release before',
    async () => {
      // Their containers are started again together, and for as long as that goes well none is in a crash loop.
      const { pods, described, log } = await standingStill(clusters.world, async () => {
        clusters.world.switchFault({ name: 'crash-looping-pods', target: 'chatbot-api' }, true);
        const listed = await kubectl('get pods -l app=chatbot-api');
        const name = /^(\S+) .*CrashLoopBackOff/m.exec(listed)?.[1] ?? '';
        return {
          pods: listed,
          described: await kubectl(`describe pod ${name}`),
          log: await kubectl(`logs ${name} --tail=100 --previous`),
        };
      });
      await kubectl('rollout undo deployment/chatbot-api');
      const status = await kubectl('rollout status deployment/chatbot-api');
      const after = await kubectl('get pods -l app=chatbot-api --no-headers');

      expect(pods).toMatch(/0\/1 +CrashLoopBackOff +\d+ \(\d+\w+ ago\)/);
      expect(described).toMatch(/Last State: +Terminated\n +Reason: +Error\n +Exit Code: +1/);
      expect(log).toContain('FATAL configuration is incomplete');
      expect(status).toContain('successfully rolled out');
      expect(after.match(/1\/1 +Running/g)).toHaveLength(20);
    },
    TIME,
  );

  it(
    'puts the maintenance page up and takes it down, and runs a job to its end',
    async () => {
      const applied = await kubectl(`apply -f ${PAGE}`);
      await kubectl('rollout status deployment/maintenance-page');
      const again = await kubectl(`apply -f ${PAGE}`);
      const services = await kubectl('get svc,ing,cm');
      const removed = await kubectl(`delete -f ${PAGE}`);
      await kubectl('apply --server-side -f job.yaml');
      await kubectl('wait --for=condition=complete job/check --timeout=60s');
      const jobs = await kubectl('get jobs');

      expect(applied).toContain('deployment.apps/maintenance-page created');
      expect(again).not.toMatch(/created|configured/);
      expect(services).toMatch(/service\/maintenance-page +ClusterIP/);
      expect(services).toMatch(/ingress\.networking\.k8s\.io\/chatbot-api +alb +api\.chatbot\.com/);
      expect(removed).toContain('deployment.apps "maintenance-page" deleted');
      expect(jobs).toMatch(/check +Complete +1\/1/);
    },
    TIME,
  );

  it(
    'sees why pods wait for a node',
    async () => {
      clusters.world.switchFault({ name: 'full-nodes', target: EAST }, true);

      await kubectl('scale deployment/auth-service --replicas=6');
      await kubectl('wait --for=jsonpath={.status.unavailableReplicas}=1 deployment/auth-service --timeout=30s');
      const pods = await kubectl('get pods -l app=auth-service');
      const events = await kubectl('get events --field-selector reason=FailedScheduling');
      const others = await kubectl('get pods -A --field-selector metadata.namespace=analytics');

      expect(pods).toMatch(/Pending/);
      expect(events).toMatch(/0\/\d+ nodes are available: \d+ Insufficient cpu/);
      expect(others).toContain('report-builder');
    },
    TIME,
  );
});
