import type { Release } from '../../adapters/kubernetes/releases.ts';
import { EXHAUSTIONS, type Health, replaceable, TROUBLES, type Trouble } from './health.ts';
import { sum } from './room.ts';

/** How many pods have each trouble. */
export function countTroubles(healths: Health[]): Record<Trouble, number> {
  const all = healths.flatMap(({ troubled }) => troubled);
  const count = (trouble: Trouble) => all.filter((one) => one.trouble === trouble).length;
  return {
    'crash-loop': count('crash-loop'),
    'out-of-memory': count('out-of-memory'),
    image: count('image'),
    probe: count('probe'),
    unschedulable: count('unschedulable'),
    'node-lost': count('node-lost'),
  };
}

export const readyOf = ({ pods }: Health): number =>
  pods.filter(({ isReady, isEnding }) => isReady && !isEnding).length;

/** `revision 2 (release 1.1.0)` */
export const nameOfRelease = ({ revision, cause }: Release): string =>
  `revision ${revision}${cause === '' ? '' : ` (${cause})`}`;

/** What is the matter in a region, in sentences with figures. */
export function sentenceOf(region: string, healths: Health[], pinned: string[]): string {
  const narrowed = pinned.map(
    (service) => ` Service ${service} in ${region} sends requests to the pods of one release only.`,
  );
  return `${troubleSentence(region, healths)}${narrowed.join('')}`;
}

function troubleSentence(region: string, healths: Health[]): string {
  const spent = healths.flatMap(({ workload, exhausted }) =>
    exhausted === 'processors' ? [` Of ${workload.name}, ${EXHAUSTIONS[exhausted]}.`] : [],
  );
  const unwell = healths.filter(({ troubled }) => troubled.length > 0);
  if (unwell.length === 0) {
    const ready = healths.map((health) => `${health.workload.name} ${readyOf(health)}/${health.workload.replicas}`);
    const starting = missingPods(healths) > 0 ? ` ${missingPods(healths)} are only starting.` : '';
    return `No pod in ${region} fails: ${ready.join(', ')} ready.${starting}${spent.join('')}`;
  }
  const shared = healths.some((health) => health.isShared)
    ? ' Every deployment stopped answering its readiness probe at once: that is something that they share, as the database is, and no release.'
    : '';
  return `${unwell.map((health) => sentenceOfOne(region, health)).join(' ')}${spent.join('')}${shared}`;
}

function sentenceOfOne(region: string, health: Health): string {
  const { workload, troubled, bad, healthy } = health;
  const counts = Object.entries(countTroubles([health])).filter(([, count]) => count > 0);
  const reasons = counts.map(([trouble, count]) => `${count} ${TROUBLES[trouble as Trouble]}`);
  const restarts = Math.max(0, ...troubled.map(({ pod }) => pod.restarts));
  const said = restarts > 0 ? ` (up to ${restarts} restarts)` : '';
  const failing = `${readyOf(health)} of ${workload.replicas} pods of ${workload.name} in ${region} work; ${reasons.join(', ')}${said}.`;
  if (!bad) return failing;
  const others = healthy ? ` Of ${nameOfRelease(healthy)}, ${healthy.ready} work.` : '';
  return `${failing} No pod of its newest release, ${nameOfRelease(bad)}, works.${others}`;
}

/** What to do about it, in a sentence. `shared` is a command line without /dr that diagnoses what the deployments share. */
export function adviceOf(healths: Health[], pinned: string[], shared: string | undefined): string {
  if (healths.some(({ isShared }) => isShared)) {
    const first = shared === undefined ? 'Look at what they share first' : `Look at that first: \`/dr ${shared}\``;
    return `${first}. No release and no pod is replaced for it.`;
  }
  const advice = healths.flatMap((health) => {
    const { workload, bad, wayBack, troubled, exhausted } = health;
    const failing = replaceable(health).length;
    return [
      ...(bad && wayBack ? [`take ${workload.name} back to ${nameOfRelease(wayBack)}`] : []),
      ...(failing > 0 ? [`replace ${failing} failing pods of ${workload.name}`] : []),
      ...(!bad && troubled.some(({ trouble }) => trouble === 'image')
        ? [`name an image for ${workload.name} that the registry has`]
        : []),
      ...(exhausted ? [`give ${workload.name} more pods: ${EXHAUSTIONS[exhausted]}`] : []),
    ];
  });
  if (pinned.length > 0) advice.push(`let ${pinned.join(', ')} reach every pod again`);
  const waiting = countTroubles(healths).unschedulable;
  if (waiting > 0) advice.push(`add nodes, or scale other workloads down: ${waiting} pods have no room`);
  if (advice.length === 0 && missingPods(healths) > 0) return 'Wait until the pods that start are ready.';
  if (advice.length === 0) return 'The pods need nothing; look at the database, the load balancer and DNS.';
  const text = advice.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Pods that are wanted and not ready. */
const missingPods = (healths: Health[]): number =>
  sum(healths.map((health) => Math.max(0, health.workload.replicas - readyOf(health))));
