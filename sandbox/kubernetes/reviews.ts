import { parseJson } from './body.ts';
import { isObject, type JsonObject, objectAt, textOf } from './json.ts';
import type { ClusterContext } from './resource.ts';
import { resources } from './resources/index.ts';
import { isAllowed, rulesOf, USER } from './role.ts';
import { badRequest } from './status.ts';

/** What a client may ask about itself: created, answered, and not kept. */
interface Review {
  group: string;
  version: string;
  kind: string;
  plural: string;
  status(context: ClusterContext, spec: JsonObject): JsonObject;
}

export const reviews: readonly Review[] = [
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    status(context, spec) {
      const { verb, resource, namespace } = objectAt(spec, 'resourceAttributes');
      const wanted = { verb: textOf(verb), plural: textOf(resource), namespace: textOf(namespace) || undefined };
      const known = resources.find(({ plural }) => plural === wanted.plural);
      const allowed = known
        ? isAllowed(context, { ...wanted, namespace: known.namespaced ? wanted.namespace : undefined })
        : isAllowed(context, wanted);
      return { allowed, ...(allowed ? {} : { reason: `${USER} works in ${context.system.kubernetes.namespace}` }) };
    },
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    status: (context, spec) => ({
      resourceRules: rulesOf(context, textOf(spec.namespace)),
      nonResourceRules: [
        { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi/*', '/version'] },
      ],
      incomplete: false,
    }),
  },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    status: () => ({ userInfo: { username: USER, groups: ['system:authenticated'] } }),
  },
];

export const reviewAt = (path: string): Review | undefined =>
  reviews.find(({ group, version, plural }) => path === `/apis/${group}/${version}/${plural}`);

/** Answers a review; throws 400 for a body that is none. */
export function answerReview(context: ClusterContext, review: Review, body: string): JsonObject {
  const asked = parseJson(body);
  if (!isObject(asked)) throw badRequest('the object provided is unrecognized (must be of type object)');
  const spec = objectAt(asked, 'spec');
  const { kind, group, version } = review;
  const metadata = { creationTimestamp: null };
  return { kind, apiVersion: `${group}/${version}`, metadata, spec, status: review.status(context, spec) };
}
