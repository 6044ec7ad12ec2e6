import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EAST, NAMESPACE, startClusters, system, until, WEST } from './world.ts';

const TIME = 180_000;
const SPEED = 60;
/** What is scaled here: no autoscaler takes its pods away again, however long the machine takes. */
const SCALED = 'websocket-service';
const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;
const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: auth-service
  labels: { app: auth-service }
spec:
  replicas: 2
  selector: { matchLabels: { app: auth-service } }
  template:
    metadata: { labels: { app: auth-service } }
    spec:
      containers:
        - name: auth-service
          image: registry.example.com/auth-service:1.0.0
          envFrom: [{ secretRef: { name: db-credentials } }]
          ports: [{ containerPort: 8080 }]
`;

/** Skipped, and counted as such, where kubectl is not installed. */
(isInstalled ? describe : describe.skip)('kubectl', () => {
  let directory: string;
  let clusters: Awaited<ReturnType<typeof startClusters>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-kubectl-'));
  });

  afterAll(async () => {
    await clusters?.close();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await clusters?.close();
    clusters = await startClusters({ speed: SPEED });
    await writeFile(join(directory, 'kubeconfig.yaml'), clusters.apis.kubeconfig, { mode: 0o600 });
    await writeFile(join(directory, 'deployment.yaml'), MANIFEST);
  });

  interface Expected {
    status?: number;
    region?: string;
    environment?: Record<string, string>;
    /** It is ended when it has said so; its status is of no matter then. */
    enough?: RegExp;
  }

  /** Runs kubectl against the west; fails when it ends with another status than `expected`. */
  async function kubectl(
    line: string,
    { status: expected = 0, region = WEST, environment = {}, enough }: Expected = {},
  ) {
    const context = system.kubernetes.contexts[region] ?? '';
    const child = spawn('kubectl', ['--context', context, ...line.split(' ')], {
      cwd: directory,
      env: {
        ...process.env,
        HOME: directory,
        KUBECONFIG: join(directory, 'kubeconfig.yaml'),
        KUBECACHEDIR: join(directory, 'cache'),
        NO_PROXY: '127.0.0.1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    if (enough) {
      child.stdout.on('data', (chunk) => {
        said += chunk;
        if (enough.test(said)) child.kill();
      });
    }
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.on('close', resolve)),
    ]);
    if (status !== expected && !enough) throw new Error(`kubectl ${line} ended with ${status}: ${stdout}${stderr}`);
    return { stdout, stderr, out: stdout + stderr };
  }
  /** What is told of the rollout that `line` begins, from its beginning on: the world waits for who follows it. */
  async function rollout(line: string): Promise<string> {
    const { world } = clusters;
    const { calls } = world.state;
    world.setSpeed(0);
    await kubectl(line);
    const from = calls.length;
    const following = kubectl(`rollout status deployment/${SCALED}`);
    await until(world, () => calls.slice(from).some(({ operation }) => operation === 'watch deployments'), 'call');
    world.setSpeed(SPEED);
    return (await following).stdout;
  }
  const cells = (line: string | undefined) => (line ?? '').trim().split(/\s{2,}/);

  it(
    'shows the cluster in its tables',
    async () => {
      const deployments = (await kubectl('get deploy -o wide', { region: EAST })).stdout.split('\n');
      const all = (await kubectl('get all')).stdout;
      const labelled = (await kubectl('get pods -A -l app=websocket-service -o wide')).stdout.trim().split('\n');
      const [nodes, hpa, secrets] = await Promise.all(
        ['get nodes', 'get hpa', 'get secrets'].map(async (line) => (await kubectl(line)).stdout),
      );

      expect(cells(deployments[0])).toEqual([
        'NAME',
        'READY',
        'UP-TO-DATE',
        'AVAILABLE',
        'AGE',
        'CONTAINERS',
        'IMAGES',
        'SELECTOR',
      ]);
      expect(cells(deployments[2]).slice(0, 5)).toEqual(['chatbot-api', '20/20', '20', '20', '90d']);
      for (const kind of ['pod/', 'deployment.apps/', 'replicaset.apps/', 'horizontalpodautoscaler.autoscaling/']) {
        expect(all).toContain(kind);
      }
      expect(labelled).toHaveLength(2);
      expect(labelled[1]).toMatch(new RegExp(`^${NAMESPACE} +websocket-service-\\S+ +1/1 +Running +0 +\\d+h +10\\.`));
      expect(nodes).toMatch(/compute\.internal +Ready +<none>/);
      expect(hpa).toMatch(/chatbot-api +Deployment\/chatbot-api +cpu: \d+%\/70% +2 +30 +2/);
      expect(secrets).toMatch(/db-credentials +Opaque +6/);
    },
    TIME,
  );

  it(
    'prints objects as YAML, JSON and by path, and what kinds there are',
    async () => {
      const json = JSON.parse((await kubectl('get deploy chatbot-api -o json')).stdout);
      const yaml = (await kubectl('get deploy/chatbot-api -o yaml')).stdout;
      const path = (await kubectl('get deploy chatbot-api -o jsonpath={.status.readyReplicas}')).stdout;
      const kinds = (await kubectl('api-resources')).stdout;
      const version = (await kubectl('version')).stdout;
      const explained = (await kubectl('explain deployment.spec.strategy')).stdout;

      expect([json.kind, json.status.readyReplicas, path]).toEqual(['Deployment', 2, '2']);
      expect(yaml).toMatch(/^apiVersion: apps\/v1\nkind: Deployment\n/);
      expect(kinds).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
      expect(version).toMatch(/Server Version: v1\.\d+/);
      expect(explained).toMatch(/rollingUpdate\s+<RollingUpdateDeployment>/);
    },
    TIME,
  );

  it(
    'scales, waits for the rollout, restarts, and goes back',
    async () => {
      const waited = await rollout('scale deployment/websocket-service --replicas=4');
      const [scaled] = (await kubectl('get deploy websocket-service --no-headers')).stdout.split('\n');
      const restarted = await rollout('rollout restart deployment/websocket-service');
      const history = (await kubectl('rollout history deployment/websocket-service')).stdout;
      await kubectl('rollout undo deployment/websocket-service');
      await kubectl('rollout status deployment/websocket-service');
      const after = (await kubectl('rollout history deployment/websocket-service')).stdout;
      const sets = (await kubectl('get rs -l app=websocket-service --no-headers')).stdout.trim().split('\n');

      expect(waited).toMatch(/Waiting for deployment .* of 4 updated replicas are available/);
      expect(waited).toContain('successfully rolled out');
      expect(cells(scaled).slice(1, 4)).toEqual(['4/4', '4', '4']);
      expect(restarted).toMatch(/1 out of 4 new replicas have been updated|old replicas are pending termination/);
      expect(history).toMatch(/REVISION +CHANGE-CAUSE\n1 .*\n2 /);
      expect(after).toMatch(/REVISION +CHANGE-CAUSE\n2 .*\n3 /);
      expect(sets.map((line) => cells(line).slice(1, 4).join()).sort()).toEqual(['0,0,0', '4,4,4']);
    },
    TIME,
  );

  it(
    'describes deployments, pods, nodes and autoscalers with what happened to them',
    async () => {
      await kubectl('scale deployment/websocket-service --replicas=3');
      await kubectl('rollout status deployment/websocket-service');
      const [name = ''] = (
        await kubectl('get pods -l app=websocket-service -o name --sort-by=.metadata.creationTimestamp')
      ).stdout
        .trim()
        .split('\n')
        .slice(-1);

      const deployment = (await kubectl('describe deployment websocket-service')).stdout;
      const pod = (await kubectl(`describe ${name}`)).stdout;
      const node = (await kubectl('describe node')).stdout;
      const autoscaler = (await kubectl('describe hpa chatbot-api')).stdout;
      const events = (await kubectl('get events')).stdout;

      expect(deployment).toMatch(/NewReplicaSet: +websocket-service-\w+ \(3\/3 replicas created\)/);
      expect(deployment).toMatch(/ScalingReplicaSet .* Scaled up replica set websocket-service-\w+ from 1 to 3/);
      expect(pod).toMatch(/Controlled By: +ReplicaSet\/websocket-service-/);
      for (const reason of ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']) expect(pod).toContain(reason);
      expect(node).toMatch(/Non-terminated Pods:/);
      expect(node).toContain('websocket-service-');
      expect(autoscaler).toMatch(/Min replicas: +2/);
      expect(events).toMatch(/SuccessfulCreate +replicaset\/websocket-service-\w+ +Created pod: websocket-service-/);
    },
    TIME,
  );

  it(
    'patches, edits, applies, and shows the difference first',
    async () => {
      await kubectl('patch deploy websocket-service -p {"metadata":{"annotations":{"a":"1"}}}');
      await kubectl('patch deploy websocket-service --type=merge -p {"spec":{"replicas":3}}');
      await kubectl(
        'patch deploy websocket-service --type=json -p [{"op":"replace","path":"/spec/replicas","value":4}]',
      );
      await kubectl('edit deploy websocket-service', {
        environment: { KUBE_EDITOR: "sed -i 's/replicas: 4/replicas: 5/'" },
      });
      const edited = (
        await kubectl('get deploy websocket-service -o jsonpath={.spec.replicas},{.metadata.annotations.a}')
      ).stdout;
      const diff = (await kubectl('diff -f deployment.yaml', { status: 1 })).stdout;
      const applied = (await kubectl('apply -f deployment.yaml')).stdout;
      const again = (await kubectl('apply -f deployment.yaml')).stdout;
      const same = await kubectl('diff -f deployment.yaml');
      await writeFile(join(directory, 'deployment.yaml'), MANIFEST.replace('replicas: 2', 'replcas: 2'));
      const mistyped = await kubectl('apply -f deployment.yaml', { status: 1 });

      expect(edited).toBe('5,1');
      expect(diff).toMatch(/^-\s+replicas: 1\n\+\s+replicas: 2$/m);
      expect([applied, again, same.stdout]).toEqual([
        'deployment.apps/auth-service configured\n',
        'deployment.apps/auth-service unchanged\n',
        '',
      ]);
      expect(mistyped.stderr).toContain('strict decoding error: unknown field "spec.replcas"');
    },
    TIME,
  );

  it(
    'applies on the server, and is told who owns what',
    async () => {
      const refused = await kubectl('apply --server-side -f deployment.yaml', { status: 1 });
      const forced = (await kubectl('apply --server-side --force-conflicts -f deployment.yaml')).stdout;
      const same = await kubectl('diff --server-side -f deployment.yaml');
      await kubectl('scale deployment/auth-service --replicas=3');
      const other = await kubectl('apply --server-side -f deployment.yaml', { status: 1 });

      expect(refused.stderr).toMatch(
        /Apply failed with 1 conflict: conflict with "kubectl-create" using apps\/v1 at \S+: \.spec\.replicas/,
      );
      expect(forced).toBe('deployment.apps/auth-service serverside-applied\n');
      expect(same.stdout).toBe('');
      expect(other.stderr).toContain('conflict with "kubectl" with subresource "scale" using apps/v1');
    },
    TIME,
  );

  it(
    'goes over from applying itself to applying on the server',
    async () => {
      await kubectl('apply -f deployment.yaml');
      await writeFile(join(directory, 'deployment.yaml'), MANIFEST.replace('replicas: 2', 'replicas: 3'));

      const over = (await kubectl('apply --server-side -f deployment.yaml')).stdout;
      const managers = (
        await kubectl('get deploy auth-service --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}')
      ).stdout;

      expect(over).toBe('deployment.apps/auth-service serverside-applied\n');
      expect(managers.split(' ')).not.toContain('kubectl-client-side-apply');
    },
    TIME,
  );

  it(
    'watches',
    async () => {
      // One of two is ready for as long as that is looked for.
      clusters.world.setSpeed(0);
      const watching = kubectl('get deploy auth-service -w --output-watch-events', { enough: /MODIFIED .* 1\/2 / });
      const { calls } = clusters.world.state;
      await until(clusters.world, () => calls.some(({ operation }) => operation === 'watch deployments'), 'call');
      await kubectl('scale deployment/auth-service --replicas=2');
      const lines = (await watching).stdout.trim().split('\n').map(cells);

      expect(lines[0]).toEqual(['EVENT', 'NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']);
      expect(lines[1]?.slice(0, 3)).toEqual(['ADDED', 'auth-service', '1/1']);
      expect(lines.slice(2).map((line) => line.slice(0, 3))).toContainEqual(['MODIFIED', 'auth-service', '1/2']);
    },
    TIME,
  );

  it(
    'deletes pods and waits until they are gone, and creates what the world can carry',
    async () => {
      const [pod = ''] = (await kubectl('get pods -l app=chatbot-api -o name')).stdout.split('\n');
      const dry = (await kubectl(`delete ${pod} --dry-run=server`)).stdout;
      const deleted = (await kubectl(`delete ${pod}`)).stdout;
      const gone = await kubectl(`get ${pod}`, { status: 1 });
      await kubectl('wait --for=condition=available deployment/chatbot-api --timeout=30s');
      await kubectl('create secret generic extra --from-literal=key=value');
      const value = (await kubectl('get secret extra -o jsonpath={.data.key}')).stdout;
      const removed = (await kubectl('delete secret extra')).stdout;
      const needed = await kubectl('delete secret db-credentials', { status: 1 });

      expect(dry).toMatch(/deleted \(server dry run\)/);
      expect(deleted).toMatch(/^pod "chatbot-api-\S+" deleted/);
      expect(gone.stderr).toContain('NotFound');
      expect(Buffer.from(value, 'base64').toString()).toBe('value');
      expect(removed).toMatch(/secret "extra" deleted/);
      expect(needed.stderr).toContain('take their database connection from it');
    },
    TIME,
  );

  it(
    'is told in a sentence what it may not do, and what does not exist here',
    async () => {
      const [pod = ''] = (await kubectl('get pods -o name')).stdout.split('\n');
      const may = (await kubectl('auth can-i delete pods')).stdout;
      const mayNot = (await kubectl('auth can-i list secrets -n kube-system', { status: 1 })).stdout;
      const outside = await kubectl('get deployments -A', { status: 1 });
      const shell = await kubectl(`exec ${pod} -- ls`, { status: 1 });
      const ports = await kubectl(`port-forward ${pod} :8080`, { status: 1 });

      expect([may, mayNot]).toEqual(['yes\n', expect.stringMatching(/^no/)]);
      expect(outside.stderr).toContain('(Forbidden): deployments.apps is forbidden: User "lifeboat" cannot list');
      expect(shell.stderr).toContain('the sandbox has no shells');
      expect(ports.stderr).toContain('the sandbox has no ports to forward');
    },
    TIME,
  );

  it(
    'waits in vain for a region that hangs, and answers in a world that stands still',
    async () => {
      clusters.world.switchFault({ name: 'region-down', target: EAST }, true);
      const hung = await kubectl('get deploy --request-timeout=500ms', { status: 1, region: EAST });
      clusters.world.setSpeed(0);
      const paused = (await kubectl('get deploy')).stdout;

      expect(hung.stderr).toMatch(/timeout|deadline exceeded|Unable to connect/i);
      expect(paused).toContain('chatbot-api');
    },
    TIME,
  );
});
