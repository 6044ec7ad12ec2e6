import { fieldsToTakeOver, noteApplied } from './apply/last-applied.ts';
import { parseManagers } from './apply/managers.ts';
import { afterUpdate, applyConfiguration, ownAll, sameOwners, type Writer } from './apply/ownership.ts';
import {
  type ApiRequest,
  asKubernetesObject,
  parseJson,
  parseObject,
  parseYamlObject,
  validateFields,
} from './body.ts';
import { create } from './create.ts';
import { checkName, checkPreconditions } from './identity.ts';
import { type JsonObject, sameJson } from './json.ts';
import { APPLY_TYPE, applyPatch, PATCH_TYPES } from './patch.ts';
import { managersOf, present } from './present.ts';
import { apiVersion, type ClusterContext, identify, type KubernetesObject, nextVersion } from './resource.ts';
import type { Route } from './route.ts';
import { modelOf, type Schema, schemaOf } from './schema/schema.ts';
import { unknownFields } from './schema/unknown-fields.ts';
import { badRequest, invalidOptions, notFound, notSimulated, undeclaredField, unsupportedMediaType } from './status.ts';

export interface Written {
  object: JsonObject;
  created?: boolean;
  warnings: string[];
}

/** Carries out an update or a patch, an apply included; throws the API's Status. */
export function write(context: ClusterContext, route: Route, request: ApiRequest): Written {
  const { resource, name = '', subresource, verb } = route;
  const isApply = verb === 'patch' && request.contentType === APPLY_TYPE;
  const options = readOptions(context, route, request, isApply);
  const view = subresource?.view ?? resource;
  const plain = view.get(context, name);
  if (isApply && subresource) throw notSimulated(resource, name, 'an apply of a subresource');
  if (!plain) {
    if (!isApply) throw notFound(resource, name);
    return create(context, route, checkedConfiguration(route, request), options.writer);
  }
  const current = subresource ? identify(view, plain) : present(resource, context.cluster, plain);
  if (isApply) return apply(context, route, request, current, options);

  const wanted = verb === 'update' ? parseObject(request) : patched(current, request);
  checkName(route, wanted);
  checkPreconditions(route, current, wanted.metadata);
  const schema = schemaOf(modelOf(view));
  const { object, warnings } = validateFields(wanted, {
    schema,
    kind: view.kind,
    version: view.version,
    query: request.query,
  });
  const owners = subresource ? undefined : writtenOwners(current, object, context.now);

  const before = main(context, route);
  const stored = owners ?? managersOf(resource, context.cluster, before);
  view.write?.(context, name, object);
  const after = main(context, route);
  // Nobody owned anything, so nobody is asked to keep owning: as long as nothing is applied, owners stay untold.
  const next =
    stored.length === 0
      ? stored
      : afterUpdate(stored, { before, after, schema: schemaOf(modelOf(resource)), writer: options.writer });
  keepOwners(context, route, before, next);
  return { object: answer(context, route, current), warnings };
}

interface Options {
  writer: Writer;
  force: boolean;
}

function readOptions(context: ClusterContext, route: Route, request: ApiRequest, isApply: boolean): Options {
  const { query, userAgent } = request;
  const given = query.get('fieldManager') ?? '';
  const force = query.get('force') === 'true' || query.get('force') === '1';
  if (isApply && given === '') {
    throw invalidOptions('PatchOptions', 'fieldManager', 'Required value: is required for apply patch');
  }
  if (!isApply && query.has('force')) {
    throw invalidOptions('PatchOptions', 'force', 'Forbidden: may not be specified for non-apply patch');
  }
  if (given.length > 128)
    throw invalidOptions('PatchOptions', 'fieldManager', 'Too long: may not be more than 128 bytes');
  return { writer: writerOf(context, route, given || userAgent, isApply), force };
}

export function writerOf({ now }: ClusterContext, route: Route, manager: string, isApply: boolean): Writer {
  const { resource, subresource } = route;
  return {
    manager,
    operation: isApply ? 'Apply' : 'Update',
    apiVersion: apiVersion(resource),
    at: now,
    ...(subresource ? { subresource: subresource.name } : {}),
  };
}

/** The object itself, also where a view of it was written. */
function main(context: ClusterContext, { resource, name = '' }: Route): KubernetesObject {
  const plain = resource.get(context, name);
  if (!plain) throw notFound(resource, name);
  return identify(resource, plain);
}

function answer(
  context: ClusterContext,
  { resource, subresource, name = '' }: Route,
  current: KubernetesObject,
): JsonObject {
  const view = subresource?.view ?? resource;
  const plain = view.get(context, name);
  if (!plain) return current;
  return subresource ? identify(view, plain) : present(resource, context.cluster, plain);
}

function patched(current: KubernetesObject, { body, contentType }: ApiRequest): KubernetesObject {
  if (!PATCH_TYPES.some((type) => type === contentType)) throw unsupportedMediaType([...PATCH_TYPES, APPLY_TYPE]);
  return asKubernetesObject(applyPatch(current, parseJson(body), contentType));
}

/** Owners that were written on purpose, and not only sent back as they were read. */
function writtenOwners(current: KubernetesObject, wanted: KubernetesObject, now: number) {
  const { managedFields } = wanted.metadata;
  return sameJson(managedFields, current.metadata.managedFields) ? undefined : parseManagers(managedFields, now);
}

/** Owners are part of the object: when they alone change, it still has a new version. */
function keepOwners(
  { cluster }: ClusterContext,
  { resource, name = '' }: Route,
  before: KubernetesObject,
  owners: ReturnType<typeof managersOf>,
): void {
  const stored = resource.stored?.(cluster, name);
  if (!stored || sameOwners(stored.managers ?? managersOf(resource, cluster, before), owners)) return;
  stored.managers = owners;
  if (stored.resourceVersion === before.metadata.resourceVersion) stored.resourceVersion = nextVersion(cluster);
}

function checkedConfiguration(route: Route, { body }: ApiRequest): KubernetesObject {
  const configuration = parseYamlObject(body);
  const { resource, name = '', namespace = '' } = route;
  if (typeof configuration.apiVersion !== 'string' || typeof configuration.kind !== 'string') {
    throw badRequest('invalid object type: /, Kind=');
  }
  const { managedFields } = configuration.metadata;
  if (Array.isArray(managedFields) && managedFields.length > 0) throw badRequest('metadata.managedFields must be nil');
  if (configuration.metadata.name === undefined) configuration.metadata.name = name;
  checkName(route, configuration);
  const [unknown] = unknownFields(configuration, schemaOf(modelOf(resource)));
  if (unknown !== undefined) {
    throw undeclaredField(`${namespace}/${name}; ${apiVersion(resource)}, Kind=${resource.kind}`, unknown);
  }
  return configuration;
}

function apply(
  context: ClusterContext,
  route: Route,
  request: ApiRequest,
  current: KubernetesObject,
  { writer, force }: Options,
): Written {
  const { resource, name = '' } = route;
  const configuration = checkedConfiguration(route, request);
  checkPreconditions(route, current, configuration.metadata);
  const schema = schemaOf(modelOf(resource));
  const before = main(context, route);
  const { object, managers } = applyConfiguration(ownersToApplyOver(context, route, before, schema), {
    live: before,
    configuration: withoutStatus(configuration),
    schema,
    writer,
    force,
    mayTake: fieldsToTakeOver(before, schema, writer),
  });
  resource.write?.(context, name, asKubernetesObject(noteApplied(object, configuration, writer)));
  keepOwners(context, route, before, managers);
  return { object: answer(context, route, current), warnings: [] };
}

/** The status is its controllers': an apply of the object says nothing of it. */
function withoutStatus(configuration: JsonObject): JsonObject {
  const { status: _, ...rest } = configuration;
  return rest;
}

/** Over fields that nobody owns one does not apply: they are taken to be of whoever wrote them before. */
function ownersToApplyOver(context: ClusterContext, { resource }: Route, before: KubernetesObject, schema: Schema) {
  const stored = managersOf(resource, context.cluster, before);
  if (stored.length > 0) return stored;
  const writer = {
    manager: 'before-first-apply',
    operation: 'Update',
    apiVersion: apiVersion(resource),
    at: context.now,
  } as const;
  return [ownAll(before, schema, writer)];
}
