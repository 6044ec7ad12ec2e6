import { isObject, type Json, type JsonObject, textOf } from '../json.ts';
import { timestamp } from '../resource.ts';
import type { FieldManager } from '../state.ts';
import { badRequest } from '../status.ts';
import { type FieldSet, fromFieldsV1, toFieldsV1 } from './paths.ts';

/** One owner of fields, with them as a set. */
export interface Manager extends Omit<FieldManager, 'fields'> {
  fields: FieldSet;
}

export const readManagers = (stored: readonly FieldManager[]): Manager[] =>
  stored.map((entry) => ({ ...entry, fields: fromFieldsV1(JSON.parse(entry.fields) as Json) }));

/** Owners of nothing are no owners. */
export const storeManagers = (managers: readonly Manager[]): FieldManager[] =>
  managers
    .filter(({ fields }) => fields.size > 0)
    .map((entry) => ({ ...entry, fields: JSON.stringify(toFieldsV1(entry.fields)) }));

/** `metadata.managedFields` */
export function renderManagers(stored: readonly FieldManager[]): JsonObject[] {
  return stored.map(({ manager, operation, apiVersion, at, fields, subresource }) => ({
    manager,
    operation,
    apiVersion,
    time: timestamp(at),
    fieldsType: 'FieldsV1',
    fieldsV1: JSON.parse(fields) as JsonObject,
    ...(subresource === undefined ? {} : { subresource }),
  }));
}

/**
 * What somebody wrote to `metadata.managedFields`: undefined where it says nothing (so that what was stays), empty where
 * it is reset. Throws 400 where it cannot be read.
 */
export function parseManagers(written: Json | undefined, now: number): FieldManager[] | undefined {
  if (!Array.isArray(written) || written.length === 0) return undefined;
  if (written.length === 1 && isObject(written[0]) && Object.keys(written[0]).length === 0) return [];
  return written.map((entry) => {
    if (!isObject(entry)) throw badRequest('metadata.managedFields: must be a list of objects');
    const { manager, operation, apiVersion, time, fieldsType, fieldsV1, subresource } = entry;
    if (operation !== 'Apply' && operation !== 'Update') {
      throw badRequest(
        `metadata.managedFields.operation: Invalid value: "${textOf(operation)}": must be \`Apply\` or \`Update\``,
      );
    }
    if (fieldsType !== 'FieldsV1') {
      throw badRequest(
        `metadata.managedFields.fieldsType: Invalid value: "${textOf(fieldsType)}": must be \`FieldsV1\``,
      );
    }
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return {
      manager: textOf(manager),
      operation,
      ...(subresource === undefined || subresource === '' ? {} : { subresource: textOf(subresource) }),
      apiVersion: textOf(apiVersion),
      at: Number.isNaN(at) ? now : at,
      fields: JSON.stringify(isObject(fieldsV1) ? fieldsV1 : {}),
    };
  });
}

/** Whether both are the same entry of an object: everything but when and what. */
export function isSameManager(a: Omit<Manager, 'at' | 'fields'>, b: Omit<Manager, 'at' | 'fields'>): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    (a.subresource ?? '') === (b.subresource ?? '')
  );
}
