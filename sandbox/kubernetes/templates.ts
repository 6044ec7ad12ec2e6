import { type JsonObject, sameJson } from './json.ts';
import { templateHash } from './names.ts';
import type { ClusterState, DeploymentState, PodState, PodTemplate, TemplateState } from './state.ts';

/** How many templates besides the current one a deployment keeps, so that one can go back to them. */
export const HISTORY_LIMIT = 10;
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** Templates of a deployment, oldest first; a world saved before there was a history knows the current one alone. */
export function templatesOf(deployment: DeploymentState): TemplateState[] {
  return (
    deployment.templates ?? [
      {
        number: deployment.templateRevision,
        revision: deployment.templateRevision,
        annotations: deployment.templateAnnotations,
        createdAt: deployment.createdAt,
        replicas: deployment.replicas,
        ...(deployment.pods ? { pods: deployment.pods } : {}),
      },
    ]
  );
}

export function currentTemplate(deployment: DeploymentState): TemplateState | undefined {
  return templateOf(deployment, deployment.templateRevision);
}

/** The template that pods carry by this number. */
function templateOf(deployment: DeploymentState, number: number): TemplateState | undefined {
  return templatesOf(deployment).find((template) => template.number === number);
}

/** What tells one template from another: annotations, and pods (absent: those that the deployment began with). */
export interface TemplateContent {
  annotations: Record<string, string>;
  pods?: PodTemplate | undefined;
}

/**
 * The templates and the current one's number after the content became another: a new template, or an earlier one that
 * comes back under a new revision. What is the matter with a release stays with its containers.
 */
export function withTemplate(
  deployment: DeploymentState,
  content: TemplateContent,
  now: number,
): { templates: TemplateState[]; templateRevision: number } {
  const cause = deployment.annotations[CHANGE_CAUSE];
  const templates = templatesOf(deployment).map((template) =>
    template.number === deployment.templateRevision && cause !== undefined
      ? { ...template, changeCause: cause }
      : { ...template },
  );
  const revision = Math.max(...templates.map((template) => template.revision)) + 1;
  const samePods = templates.filter((template) => sameJson(podsJson(template), podsJson(content)));
  const known = samePods.find((template) => sameJson(template.annotations, content.annotations));
  if (known) {
    known.revision = revision;
    return { templates, templateRevision: known.number };
  }
  const number = Math.max(...templates.map((template) => template.number)) + 1;
  const trouble = samePods.find((template) => template.trouble !== undefined)?.trouble;
  const { annotations, pods } = content;
  templates.push({
    ...{ number, revision, annotations, createdAt: now, replicas: 0 },
    ...(pods && { pods }),
    ...(trouble && { trouble }),
  });
  return { templates, templateRevision: number };
}

const podsJson = ({ pods }: { pods?: PodTemplate | undefined }): JsonObject =>
  pods ? { labels: pods.labels, spec: pods.spec } : {};

/** Forgets the oldest templates that have no pods, beyond the history's limit. */
export function trimTemplates(cluster: ClusterState, deployment: DeploymentState): void {
  const used = new Set(podsOf(cluster, deployment).map((pod) => pod.templateRevision));
  const idle = templatesOf(deployment)
    .filter(({ number }) => number !== deployment.templateRevision && !used.has(number))
    .sort((a, b) => b.revision - a.revision);
  const forgotten = new Set(idle.slice(HISTORY_LIMIT).map(({ number }) => number));
  if (forgotten.size === 0) return;
  deployment.templates = templatesOf(deployment).filter(({ number }) => !forgotten.has(number));
}

/** Name of the ReplicaSet that stands for a template. */
export function replicaSetName(region: string, deployment: string, template: number): string {
  return `${deployment}-${templateHash(region, deployment, template)}`;
}

function podsOf(cluster: ClusterState, deployment: DeploymentState): PodState[] {
  return Object.values(cluster.pods).filter((pod) => pod.deployment === deployment.name);
}
