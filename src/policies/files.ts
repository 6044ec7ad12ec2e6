import type { Action } from '../domain/action.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { OBSERVER_PERMISSIONS } from '../observer/permissions.ts';
import { grantStatements } from './grants.ts';
import { iamPolicy } from './iam.ts';
import { type Needs, needsOf, needsOfPermissions } from './needs.ts';
import { rbacManifest } from './rbac.ts';

/** Of what the bot needs although nothing runs; no runbook can have this name. */
const ALWAYS = '_always';

/**
 * The policies of all runbooks, by path: `<system>/<runbook>.iam.json`, `.rbac.yaml` and `.sql`, those that say something.
 * Beside them `_always`: what the bot reads between runs.
 */
export function policyFiles(
  { systems }: Pick<Catalogue, 'systems'>,
  actions: ReadonlyMap<string, Pick<Action, 'permissions'>>,
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [systemName, entry] of Object.entries(systems)) {
    const write = (runbook: string, needs: Needs) => {
      const policy = iamPolicy(needs, entry.system);
      // Roles of several systems may share a namespace; Kubernetes takes no underscore in a name.
      const role = `lifeboat-${systemName}-${runbook.replace('_', '')}`;
      const texts = {
        'iam.json': policy.Statement.length > 0 ? `${JSON.stringify(policy, null, 2)}\n` : '',
        'rbac.yaml': rbacManifest(role, needs, entry),
        sql: grantStatements(needs, entry.system),
      };
      for (const [extension, text] of Object.entries(texts)) {
        if (text !== '') files[`${systemName}/${runbook}.${extension}`] = text;
      }
    };
    write(ALWAYS, needsOfPermissions(OBSERVER_PERMISSIONS));
    for (const runbook of Object.keys(entry.runbooks).sort()) write(runbook, needsOf(runbook, entry, actions));
  }
  return files;
}
