import type { Call } from '../../sandbox/world/state.ts';
import { createActions } from '../../src/actions/index.ts';
import type { Clients } from '../../src/adapters/index.ts';
import type { Action } from '../../src/domain/action.ts';
import { iamPolicy } from '../../src/policies/iam.ts';
import { type Needs, needsOfPermissions } from '../../src/policies/needs.ts';
import type { TestWorld } from './world.ts';

/** IAM's names of the services of the simulated account, where they differ from those of its records. */
const IAM_SERVICES: Record<string, string> = {
  cloudwatch: 'cloudwatch',
  ec2: 'ec2',
  eks: 'eks',
  elbv2: 'elasticloadbalancing',
  health: 'health',
  logs: 'logs',
  rds: 'rds',
  route53: 'route53',
  'route53-recovery-cluster': 'route53-recovery-cluster',
  s3: 's3',
  secretsmanager: 'secretsmanager',
};
/** Operations that IAM knows by another name. */
const IAM_OPERATIONS: Record<string, string> = { HeadObject: 'GetObject', ListObjectsV2: 'ListBucket' };
const ACCOUNT = '123456789012';

interface Working {
  id: string;
  mayCall(call: Call): boolean;
}

/**
 * The actions of a simulated world, which fail when they ask it for more than their `permissions` allow: judged by the
 * policy that `lifeboat policies` makes of these, and by what the world has recorded. It does not tell whose call it was
 * of actions that work at the same time, or of the one that ended last: a question that was given up arrives late.
 */
export function permittedActions(
  { world, system, ...bench }: Pick<TestWorld, 'world' | 'system' | 'clients'>,
  clients: Clients = bench.clients,
): ReadonlyMap<string, Action> {
  const working = new Map<symbol, Working>();
  let last: Working | undefined;
  const refused: string[] = [];
  world.on('call', (call) => {
    const actions = [...working.values()];
    if (actions.length === 0 || last?.mayCall(call) || actions.some(({ mayCall }) => mayCall(call))) return;
    const { service, operation, resource, region } = call;
    const ids = [...new Set(actions.map(({ id }) => id))].join(' and ');
    refused.push(`The permissions of ${ids} do not allow ${service} ${operation} on ${resource} in ${region}.`);
  });
  const watch = ({ id, permissions }: Action) => {
    const { names, ...needs } = needsOfPermissions(permissions);
    const all = { ...names, alarm: ['*'], group: ['*'], record: ['*'], secret: ['*'] };
    const mayCall = judgeOf({ ...needs, names: all }, system);
    return async <T>(work: () => Promise<T>): Promise<T> => {
      const own = Symbol(id);
      working.set(own, { id, mayCall });
      try {
        return await work();
      } finally {
        last = working.get(own);
        working.delete(own);
        const [first] = refused.splice(0);
        // biome-ignore lint/correctness/noUnsafeFinally: whatever came of it, it has asked for too much.
        if (first !== undefined) throw new Error(first);
      }
    };
  };
  const wrapped = [...createActions(clients)].map(([id, action]): [string, Action] => {
    const within = watch(action);
    const { undo, watch: lookout } = action;
    return [
      id,
      {
        ...action,
        observe: (...given) => within(() => action.observe(...given)),
        run: (...given) => within(() => action.run(...given)),
        ...(undo && { undo: { ...undo, run: (...given) => within(() => undo.run(...given)) } }),
        ...(lookout && { watch: { ...lookout, look: (...given) => within(() => lookout.look(...given)) } }),
      },
    ];
  });
  return new Map(wrapped);
}

function judgeOf(needs: Needs, system: TestWorld['system']): (call: Call) => boolean {
  const { Statement } = iamPolicy(needs, system);
  const rules = { ...needs.permissions.namespace };
  const verbs = new Set<string>();
  for (const [resource, allowed = []] of [...Object.entries(rules), ...Object.entries(needs.permissions.cluster)]) {
    for (const verb of allowed) for (const plural of pluralsOf(resource)) verbs.add(`${verb} ${plural}`);
  }
  return (call) => {
    // What kinds there are everybody may ask who is known to the cluster.
    if (call.service === 'kubernetes') return verbs.has(call.operation) || call.operation.includes(' /');
    const service = IAM_SERVICES[call.service];
    if (service === undefined) return true;
    const action = `${service}:${IAM_OPERATIONS[call.operation] ?? call.operation}`;
    const patterns = Statement.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    return patterns.some((pattern) => arnsOf(call).some((arn) => matches(pattern, arn)));
  };
}

/** `apps/deployments/scale` → `deployments/scale`, as the world records it. */
function pluralsOf(resource: string): string[] {
  if (resource === 'objects of the manifest') return ['configmaps', 'deployments', 'ingresses', 'services'];
  return [resource.replace(/ \(.*\)$/, '').replace(/^(apps|autoscaling)\//, '')];
}

/** What the call may have been about; where the record does not tell, any ARN will do. */
function arnsOf({ service, region, resource }: Call): string[] {
  switch (service) {
    case 'rds':
      return [
        ...['db', 'cluster', 'snapshot'].map((kind) => `arn:aws:rds:${region}:${ACCOUNT}:${kind}:${resource}`),
        `arn:aws:rds::${ACCOUNT}:global-cluster:${resource}`,
        resource,
      ];
    case 's3':
      return [`arn:aws:s3:::${resource}`];
    case 'secretsmanager':
      return [`arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${resource}-a1B2c3`];
    default:
      return ['*'];
  }
}

function matches(pattern: string, arn: string): boolean {
  if (pattern === '*' || arn === '*') return true;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(arn);
}
