import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { createActions } from '../../src/actions/index.ts';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { noClients } from '../../src/cli/no-clients.ts';
import { runCli } from '../../src/cli/program.ts';
import { IAM_ACTIONS, type IamAction, permissionWords } from '../../src/domain/permissions.ts';
import { policyFiles } from '../../src/policies/files.ts';
import { type IamPolicy, iamPolicy, operationOf } from '../../src/policies/iam.ts';
import { needsOf } from '../../src/policies/needs.ts';
import { withEdited } from '../runbooks/support.ts';

const catalogue = await loadCatalogue('runbooks');
const actions = createActions(noClients());
const files = policyFiles(catalogue, actions);
const runbooks = Object.entries(catalogue.systems).flatMap(([system, entry]) =>
  Object.keys(entry.runbooks).map((runbook) => ({ system, entry, runbook })),
);
const ofKind = (extension: string) => Object.keys(files).filter((path) => path.endsWith(extension));
const readPolicy = (path: string): IamPolicy => JSON.parse(files[path] ?? '{}');

/** AWS counts what is no white space of a managed policy. */
const LONGEST_POLICY = 6144;

it('are those in deploy/policies; else write them again: npm run policies', async () => {
  const systems = Object.keys(catalogue.systems);
  const found = await Promise.all(
    systems.map(async (system) => (await readdir(join('deploy/policies', system))).map((name) => `${system}/${name}`)),
  );

  expect(found.flat().sort()).toEqual(Object.keys(files).sort());
  for (const [path, text] of Object.entries(files)) {
    expect([path, await readFile(join('deploy/policies', path), 'utf8')]).toEqual([path, text]);
  }
});

describe.each(runbooks)('of $system/$runbook', ({ entry, runbook }) => {
  const needs = needsOf(runbook, entry, actions);
  const policy = iamPolicy(needs, entry.system);

  it('allow what its actions need in AWS, and nothing more', () => {
    const allowed = policy.Statement.flatMap(({ Action }) => Action);

    expect([...new Set(allowed)].sort()).toEqual([...new Set(needs.permissions.iam.map(operationOf))].sort());
  });
});

describe.each(ofKind('.iam.json'))('%s', (path) => {
  it('is a policy that IAM takes', () => {
    const { Version, Statement } = readPolicy(path);

    expect(Version).toBe('2012-10-17');
    expect(Statement.length).toBeGreaterThan(0);
    expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
    expect(files[path]?.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(LONGEST_POLICY);
    for (const { Sid, Effect, Action, Resource } of Statement) {
      expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(Effect).toBe('Allow');
      expect(Action.filter((action) => !/^[a-z0-9-]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
      // `*` for what knows no permission for single resources, and for nothing else.
      const isArn = (text: string) => /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[^*].*$/.test(text);
      expect(Resource.filter((resource) => !isArn(resource))).toEqual(Sid === 'Anything' ? ['*'] : []);
    }
  });
});

describe.each(ofKind('.rbac.yaml'))('%s', (path) => {
  it('holds roles that Kubernetes takes, each bound once', () => {
    const documents = parseAllDocuments(files[path] ?? '').map((document) => document.toJS());

    const roles = documents.filter(({ kind }) => /Role$/.test(kind));
    const bindings = documents.filter(({ kind }) => /RoleBinding$/.test(kind));
    expect(documents.every(({ apiVersion }) => apiVersion === 'rbac.authorization.k8s.io/v1')).toBe(true);
    expect(bindings.map(({ roleRef }) => [roleRef.kind, roleRef.name])).toEqual(
      roles.map(({ kind, metadata }) => [kind, metadata.name]),
    );
    for (const { kind, metadata, rules } of roles) {
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      expect(metadata.namespace).toBe(kind === 'Role' ? 'chatbot-production' : undefined);
      for (const rule of rules) {
        const { apiGroups, resources, verbs, resourceNames } = rule;
        expect([apiGroups, resources, verbs].map((list: string[]) => list.length > 0)).toEqual([true, true, true]);
        // Kubernetes cannot hold a creation or a list to a name.
        if (resourceNames) expect(verbs).not.toEqual(expect.arrayContaining([expect.stringMatching(/create|list/)]));
        if (resources.includes('secrets')) expect(resourceNames).toEqual(['db-credentials']);
      }
    }
  });
});

it('take what nested runbooks need, too', () => {
  const { chatbot } = catalogue.systems;
  if (!chatbot) throw new Error('no chatbot');
  const [outer, inner] = ['complete-recovery', 'region-failover'].map((name) => needsOf(name, chatbot, actions));

  expect(outer?.permissions.iam).toEqual(expect.arrayContaining([...(inner?.permissions.iam ?? [])]));
  expect(outer?.permissions.namespace).toMatchObject({ ...inner?.permissions.namespace });
});

it('fill in what system.yaml says, and leave open what is known only when it runs', () => {
  const statement = (sid: string) =>
    readPolicy('chatbot/complete-recovery.iam.json').Statement.find(({ Sid }) => Sid === sid)?.Resource;

  expect(statement('Alarm')).toContain('arn:aws:cloudwatch:us-west-2:123456789012:alarm:chatbot-prod-replica-west-cpu');
  expect(statement('LogGroup')).toContain(
    'arn:aws:logs:us-west-2:123456789012:log-group:/aws/containerinsights/*/application:*',
  );
});

it('has no permission that no action needs, and words for each', () => {
  const all = [...actions.values()].map(({ permissions }) => permissions);
  const used = new Set(all.flatMap(({ iam = [] }) => iam));

  expect((Object.keys(IAM_ACTIONS) as IamAction[]).filter((action) => !used.has(action))).toEqual([]);
  expect(permissionWords({ iam: ['rds:DescribeDBInstances'], namespace: { pods: ['list', 'delete'] } })).toEqual([
    'rds:DescribeDBInstances',
    'namespace: list, delete pods',
  ]);
});

describe('lifeboat policies', () => {
  const run = async (words: string[]) => {
    let out = '';
    const write = (text: string) => {
      out += text;
    };
    const code = await runCli(['policies', ...words], { env: {}, out: write, err: write });
    return { code, out };
  };

  it("writes those of one's own runbooks", async () => {
    const into = await mkdtemp(join(tmpdir(), 'lifeboat-policies-'));
    const edit = { file: 'chatbot/system.yaml', replace: 'instance: chatbot-prod-replica-west', by: 'instance: own' };
    try {
      const { code, out } = await withEdited([edit], (directory) => run(['--runbooks', directory, '--into', into]));

      expect(code).toBe(0);
      expect(out).toContain(join(into, 'chatbot/region-failover.iam.json'));
      expect(await readFile(join(into, 'chatbot/region-failover.iam.json'), 'utf8')).toContain(':db:own-*');
    } finally {
      await rm(into, { recursive: true });
    }
  });

  it('writes nothing where a runbook cannot be read', async () => {
    const into = join(tmpdir(), 'lifeboat-policies-never');
    const edit = { file: 'chatbot/region-failover.yaml', replace: 'title: Primary region failure', by: 'titel: x' };

    const { code, out } = await withEdited([edit], (directory) => run(['--runbooks', directory, '--into', into]));

    expect(code).toBe(1);
    expect(out).toMatch(/region-failover\.yaml:\d+:\d+/);
    await expect(readdir(into)).rejects.toThrow('ENOENT');
  });
});
