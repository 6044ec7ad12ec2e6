import { nearestWord } from '../nearest.ts';
import type { Access, System } from '../system.ts';
import { type Mistake, suggest } from './mistake.ts';

/** What a system.yaml says of itself, and whether Lifeboat may carry it out of its region. */
export function checkSystem(name: string, system: System, homeRegion: string | undefined): Mistake[] {
  const { primary, secondary } = system.regions;
  const found: Mistake[] = [];
  if (primary === secondary) {
    found.push({
      path: ['regions', 'secondary'],
      message: `${name} has the same region, ${primary}, as both its regions.`,
    });
  }
  if (homeRegion === primary) {
    found.push({
      path: ['regions', 'primary'],
      message: `${name} is to be failed out of ${primary}, where Lifeboat itself is at home.`,
      suggestion: 'Run Lifeboat in another region (HOME_REGION), so that it does not go down with what it rescues.',
    });
  }
  const maps = [
    { path: ['kubernetes', 'contexts'], keys: system.kubernetes.contexts },
    { path: ['loadBalancers'], keys: system.loadBalancers },
    { path: ['endpoints', 'ready'], keys: system.endpoints.ready },
  ];
  for (const { path, keys } of maps) {
    for (const region of new Set([primary, secondary])) {
      if (Object.hasOwn(keys, region)) continue;
      found.push({ path, at: 'key', message: `${path.join('.')} says nothing about ${region}, a region of ${name}.` });
    }
  }
  if (system.database.primary.instance === system.database.replica.instance) {
    found.push({
      path: ['database', 'replica'],
      message: 'The primary database and its replica are the same instance.',
    });
  }
  system.escalation.forEach(({ tier, after }, index) => {
    const before = system.escalation[index - 1];
    if (!before || (tier > before.tier && after > before.after)) return;
    const message = `Tier ${tier} must have a higher number, and come later, than tier ${before.tier} above it.`;
    found.push({ path: ['escalation', index], message });
  });
  return found;
}

/**
 * Whether somebody may start and approve for each system, and two different people can. `areAll`: `systems` are all
 * that there are, so that an entry for another one is a mistake.
 */
export function checkAccess(access: Access, systems: readonly string[], areAll: boolean): Mistake[] {
  const found: Mistake[] = systems
    .filter((name) => !Object.hasOwn(access, name))
    .map((name) => ({ path: [], message: `Nobody may start, approve or command for ${name}; add it here.` }));
  for (const name of areAll ? Object.keys(access).filter((one) => !systems.includes(one)) : []) {
    const near = nearestWord(name, systems);
    found.push({ path: [name], at: 'key', message: `There is no system ${name}.`, ...suggest(near) });
  }
  for (const [name, { start, approve, command }] of Object.entries(access)) {
    const approvers = new Set([...approve, ...command]);
    const starters = new Set([...start, ...command]);
    const stuck = [...starters].filter((user) => approvers.size === 1 && approvers.has(user));
    if (stuck.length > 0 && starters.size === 1) {
      const message = `${name} has only one person, who cannot approve what they ask for; name a second approver.`;
      found.push({ path: [name, 'approve'], message });
    }
  }
  return found;
}
