import { podsOfJob } from '../controllers/jobs.ts';
import { firstDifference, type JsonObject, objectAt, textOf } from '../json.ts';
import { readPods } from '../pod-template.ts';
import { type ClusterContext, timestamp } from '../resource.ts';
import type { PlainObjectState } from '../state.ts';
import { invalid } from '../status.ts';
import { objectsAt } from '../tables/column.ts';
import { jobColumns } from '../tables/jobs.ts';
import { plainResource } from './plain.ts';

const KIND = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', singular: 'job' };

/** Pods that run to their end, which every one of them reaches; what a container would do is not carried out. */
export const jobs = plainResource({
  ...KIND,
  shortNames: [],
  categories: ['all'],
  columns: jobColumns,
  hasGeneration: true,
  isReconciled: true,
  complete,
  status,
  removed(context, name) {
    for (const pod of podsOfJob(context.cluster.pods, name)) context.deletePod(pod.name, false);
  },
});

function complete(_: ClusterContext, name: string, content: JsonObject, before: JsonObject | undefined): JsonObject {
  const spec = objectAt(content, 'spec');
  const template = objectAt(spec, 'template');
  const { restartPolicy } = objectAt(template, 'spec');
  if (restartPolicy !== 'Never' && restartPolicy !== 'OnFailure') {
    const problem = `Required value: valid values: "OnFailure", "Never"`;
    throw invalid(KIND, name, 'spec.template.spec.restartPolicy', problem);
  }
  const containers = objectsAt(template, 'spec', 'containers');
  if (containers.length === 0 || containers.some((one) => !textOf(one.image))) {
    throw invalid(KIND, name, 'spec.template.spec.containers', 'Required value');
  }
  const pods = readPods(template);
  const labels = { ...pods.labels, 'batch.kubernetes.io/job-name': name, 'job-name': name };
  const completed = {
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    completions: 1,
    parallelism: 1,
    suspend: false,
    ...spec,
    selector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
    template: { metadata: { labels }, spec: pods.spec },
  };
  const was = before && objectAt(before, 'spec');
  const path = was && firstDifference(completed.template, was.template, 'spec.template');
  if (path !== undefined) throw invalid(KIND, name, 'spec.template', 'Invalid value: field is immutable');
  return { ...content, spec: completed };
}

function status({ cluster, now }: ClusterContext, job: PlainObjectState): JsonObject {
  const pods = podsOfJob(cluster.pods, job.name);
  const done = pods.filter(({ finished }) => finished === 'Succeeded');
  const active = pods.filter(({ finished }) => finished === undefined).length;
  const { completions } = objectAt(job.content, 'spec');
  const isComplete = done.length >= Number(completions ?? 1);
  const at = timestamp(Math.max(job.createdAt, ...done.map(({ ended }) => ended?.finishedAt ?? now)));
  return {
    startTime: timestamp(job.createdAt),
    ...(active > 0 ? { active } : {}),
    ...(done.length > 0 ? { succeeded: done.length } : {}),
    ready: pods.filter(({ finished, readyAt }) => finished === undefined && readyAt <= now).length,
    terminating: 0,
    ...(isComplete
      ? {
          completionTime: at,
          conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({
            ...{ type, status: 'True', reason: 'CompletionsReached' },
            ...{ message: 'Reached expected number of succeeded pods', lastProbeTime: at, lastTransitionTime: at },
          })),
        }
      : {}),
  };
}
