import { IAM_ACTIONS, type IamAction, type IamKind } from '../domain/permissions.ts';
import type { System } from '../domain/system.ts';
import type { Needs } from './needs.ts';
import { type Scope, scopesOf } from './resources.ts';

export interface IamPolicy {
  Version: '2012-10-17';
  Statement: {
    Sid: string;
    Effect: 'Allow';
    Action: string[];
    Resource: string[];
    Condition?: NonNullable<Scope['condition']>;
  }[];
}

/**
 * The IAM policy of what is needed: one statement for each kind of resource, with the actions that are allowed on it. An
 * action on several kinds of resources (a restore: the instance, the snapshot, its groups) stands with each of them.
 */
export function iamPolicy({ permissions, names }: Needs, system: System): IamPolicy {
  const scopes = scopesOf(system, names);
  const allowed = new Map<IamKind, string[]>();
  for (const action of permissions.iam) {
    for (const kind of IAM_ACTIONS[action]) allowed.set(kind, [...(allowed.get(kind) ?? []), operationOf(action)]);
  }
  const kinds = [...allowed].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    Version: '2012-10-17',
    Statement: kinds.flatMap(([kind, actions]) => {
      const { resources, condition } = scopes[kind];
      if (resources.length === 0) return [];
      return [
        {
          Sid: sidOf(kind),
          Effect: 'Allow' as const,
          Action: [...new Set(actions)].sort(),
          Resource: [...new Set(resources)].sort(),
          ...(condition ? { Condition: condition } : {}),
        },
      ];
    }),
  };
}

/** `s3:GetObject` of `s3:GetObject (backups)`. */
export function operationOf(action: IamAction): string {
  return action.replace(/ \(.*\)$/, '');
}

/** IAM takes letters and figures: `DatabaseGroups`. */
function sidOf(kind: IamKind): string {
  return kind.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
