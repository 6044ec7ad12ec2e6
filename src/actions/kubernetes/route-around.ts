import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import { TEMPLATE_HASH } from '../../adapters/kubernetes/releases.ts';
import type { RoutedService } from '../../adapters/kubernetes/services.ts';
import { clusterOf } from '../../adapters/of-system.ts';
import { type Change, type Done, defineAction, type ObserveContext } from '../../domain/action.ts';
import { EVERY_POD, ROUTE_AROUND } from '../../domain/pinned-services.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { DeploymentsInput } from './deployments.ts';
import { examine } from './health.ts';
import { workloadsLock } from './lock.ts';
import { joinOwners, plannedOf } from './owners.ts';

const Input = DeploymentsInput.extend({
  /** `healthy`: only pods of a release that works, where the newest one does not; `all`: every pod again. */
  set: z.enum(['healthy', 'all']),
});
type Input = z.infer<typeof Input>;

/** The one release that each service sends requests to, by its hash; '' for every one. */
const Sets = z.record(z.string(), z.string());

export const routeAround = (clients: Clients) =>
  defineAction({
    id: ROUTE_AROUND,
    summary: 'Let services send requests to the pods of a working release only, or to all of them again',
    effect: 'reversible',
    input: Input,
    output: z.object({
      services: z.array(z.string()),
      /** What each service had that this attempt changed. */
      before: Sets,
    }),
    repeat:
      'It sets one named label of a selector, on the resourceVersion that it was decided on: a late patch is a conflict.',
    permissions: {
      cluster: { nodes: ['list'] },
      namespace: {
        pods: ['list'],
        services: ['list', 'patch'],
        'apps/deployments': ['get'],
        'apps/replicasets': ['list'],
        'autoscaling/horizontalpodautoscalers': ['list'],
      },
    },
    examples: [
      { title: 'Around a bad release', with: { region: 'us-east-1', set: 'healthy' } },
      { title: 'Back to every pod', with: { region: 'us-east-1', set: 'all' } },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [workloadsLock(system, region)],
    // Two calls to the API server.
    expectedSeconds: () => 2,
    async observe(context, input) {
      const seen = await look(clusterOf(clients, context.system, input.region), context, input);
      return {
        facts: {
          sets: Object.fromEntries(seen.map(({ service }) => [service.name, setOf(service)])),
          wanted: Object.fromEntries(seen.map(({ service, wanted }) => [service.name, wanted])),
          owner: joinOwners(seen.map(({ service }) => service.owner)),
        },
        measurements: {},
      };
    },
    change(observed, { region }) {
      if (!observed) return { changes: [] };
      const { sets, wanted, owner } = observed.facts;
      const changes = Object.entries(wanted).map(([service, hash]) => changeOf(region, service, sets[service], hash));
      return plannedOf(changes, owner);
    },
    async run(context, input) {
      const cluster = clusterOf(clients, context.system, input.region);
      const before: z.infer<typeof Sets> = {};
      const changes = new Map<string, Change>();
      const services = await context.waitUntil(async () => {
        const seen = await look(cluster, context, input);
        let settled = true;
        for (const { service, wanted } of seen) {
          const change = changeOf(input.region, service.name, setOf(service), wanted);
          if (!change) continue;
          settled = false;
          before[service.name] ??= setOf(service);
          if (!changes.has(service.name)) changes.set(service.name, change);
          context.changed([...changes.values()]);
          await context.assertLease();
          await cluster.setSelector(service, { [TEMPLATE_HASH]: wanted === '' ? null : wanted }, context.signal);
        }
        return settled ? seen.map(({ service }) => service.name) : undefined;
      });
      return { outputs: { services, before }, changes: [...changes.values()] };
    },
    undo: {
      title: ({ region }) => `Let the services in ${region} send requests where they did before`,
      repeat:
        'It sets one named label of a selector, on the resourceVersion that it was decided on: a late patch is a conflict.',
      change(observed, { region }, _context, done) {
        const before = setsBefore(done, region);
        const changes = Object.entries(before).map(([service, hash]) =>
          changeOf(region, service, observed?.facts.sets[service], hash),
        );
        return { changes: changes.filter((change) => change !== undefined) };
      },
      async run(context, { region }, done) {
        const cluster = clusterOf(clients, context.system, region);
        const before = setsBefore(done, region);
        const changes = new Map<string, Change>();
        await context.waitUntil(async () => {
          const services = await cluster.services(context.signal);
          const wrong = services.flatMap((service) => {
            const hash = before[service.name];
            const change = hash === undefined ? undefined : changeOf(region, service.name, setOf(service), hash);
            return change && hash !== undefined ? [{ service, hash, change }] : [];
          });
          for (const { service, hash, change } of wrong) {
            if (!changes.has(service.name)) changes.set(service.name, change);
            context.changed([...changes.values()]);
            await context.assertLease();
            await cluster.setSelector(service, { [TEMPLATE_HASH]: hash === '' ? null : hash }, context.signal);
          }
          return wrong.length === 0 || undefined;
        });
        return { outputs: { services: before }, changes: [...changes.values()] };
      },
    },
  });

export const setOf = ({ selector }: RoutedService): string => selector[TEMPLATE_HASH] ?? '';

/** The services of the deployments, and which release each shall send requests to. */
async function look(
  cluster: Cluster,
  { system, signal, clock }: ObserveContext,
  { set, deployments = system.kubernetes.deployments }: Input,
): Promise<{ service: RoutedService; wanted: string }[]> {
  const [services, healths] = await Promise.all([
    cluster.services(signal),
    examine(cluster, deployments, clock.now(), signal),
  ]);
  return healths.flatMap(({ workload, healthy }) =>
    services
      .filter(({ selector }) => selects(selector, workload.podLabels))
      // Where nothing is bad there is nothing to go around, and what was set before stays.
      .map((service) => ({ service, wanted: set === 'all' ? '' : (healthy?.hash ?? setOf(service)) })),
  );
}

export function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  const own = Object.entries(selector).filter(([key]) => key !== TEMPLATE_HASH);
  return own.length > 0 && own.every(([key, value]) => labels[key] === value);
}

function setsBefore(done: Done, region: string): z.infer<typeof Sets> {
  return whatWasBefore(done, Sets, { subject: `the services' selectors in ${region}`, seen: ({ sets }) => sets });
}

/** Undefined when it is so already. */
function changeOf(region: string, service: string, before: string | undefined, after: string): Change | undefined {
  if (before === after) return undefined;
  const words = (hash: string | undefined) =>
    hash === undefined ? 'not reachable now' : hash === '' ? EVERY_POD : `pods of the release ${hash}`;
  return { what: `Service ${service} in ${region}`, before: words(before), after: words(after) };
}
