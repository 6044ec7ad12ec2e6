import { latency } from '../../world/random.ts';
import { objectAt } from '../json.ts';
import { podName, uid } from '../names.ts';
import { readPods } from '../pod-template.ts';
import { nextVersion } from '../resource.ts';
import { NEVER, startedAt } from '../rollout.ts';
import type { PlainObjectState, PodState } from '../state.ts';
import { involved, recordEvent } from './events.ts';
import type { PodsContext } from './pods.ts';

/** World seconds that the container of a job works. */
const WORK = [5, 20] as const;

const numberAt = (job: PlainObjectState, field: string): number => {
  const value = objectAt(job.content, 'spec')[field];
  return typeof value === 'number' ? value : 1;
};

export const podsOfJob = (pods: Record<string, PodState>, job: string) =>
  Object.values(pods).filter((pod) => pod.job === job && pod.deletedAt === undefined);

/** Each job has as many pods at work as it wants and as are left to do. */
export function reconcileJobs({ world, cluster }: PodsContext): void {
  const now = world.clock.now();
  for (const job of Object.values(cluster.objects?.jobs ?? {})) {
    const pods = podsOfJob(cluster.pods, job.name);
    const done = pods.filter(({ finished }) => finished === 'Succeeded').length;
    const active = pods.filter(({ finished }) => finished === undefined).length;
    const wanted = Math.min(numberAt(job, 'parallelism'), numberAt(job, 'completions') - done);
    for (let count = active; count < wanted; count++) {
      const key = `pod created ${cluster.region}/job ${job.name}`;
      const ordinal = (world.state.ordinals[key] ?? 0) + 1;
      world.state.ordinals[key] = ordinal;
      const letters = podName(cluster.region, { name: job.name, templateRevision: 0 }, ordinal).slice(-5);
      const name = `${job.name}-${letters}`;
      const template = readPods(objectAt(job.content, 'spec', 'template'));
      const labels = { ...template.labels, 'batch.kubernetes.io/job-name': job.name, 'job-name': job.name };
      cluster.pods[name] = {
        ...{ namespace: job.namespace, name, uid: uid(cluster.region, 'pod', name) },
        ...{
          resourceVersion: nextVersion(cluster),
          createdAt: now,
          deployment: '',
          job: job.name,
          templateRevision: 0,
        },
        ...{ node: undefined, scheduledAt: NEVER, readyAt: NEVER, environment: {} },
        pods: { labels, spec: template.spec },
      };
      recordEvent(cluster, now, {
        involved: involved('Job', job),
        component: 'job-controller',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${name}`,
      });
    }
  }
}

/** When the container of a job's pod, that runs since now, will have done its work. */
export function scheduleFinish({ world, cluster }: PodsContext, pod: PodState): void {
  const work = latency(WORK, world.state.seed, 'job', pod.name);
  world.schedule(work, 'kubernetes.job-pod-finishes', { region: cluster.region, pod: pod.name });
}

/** The work is done. */
export function finishJobPod({ world, cluster }: PodsContext, pod: PodState): void {
  if (pod.finished !== undefined || pod.deletedAt !== undefined || pod.lostAt !== undefined) return;
  const now = world.clock.now();
  pod.finished = 'Succeeded';
  pod.ended = { reason: 'Completed', exitCode: 0, startedAt: startedAt(pod), finishedAt: now };
  pod.resourceVersion = nextVersion(cluster);
  const job = cluster.objects?.jobs?.[pod.job ?? ''];
  if (!job) return;
  job.resourceVersion = nextVersion(cluster);
  const done = podsOfJob(cluster.pods, job.name).filter(({ finished }) => finished === 'Succeeded').length;
  if (done < numberAt(job, 'completions')) return;
  const completed = { reason: 'Completed', message: 'Job completed' };
  recordEvent(cluster, now, { involved: involved('Job', job), component: 'job-controller', ...completed });
}
