import type { World } from '../world/world.ts';
import type { ApplicationLine } from './state.ts';

/** Lines of a region that are kept: some hours of a bad day. */
const MOST_LINES = 2000;
/** World milliseconds in which a pod writes the same line once. */
const REPEATED = 5000;

/**
 * Notes what a pod of this region wrote into its log. Lines are collected on their node, so a region that is down keeps
 * them and cannot be asked for them.
 */
export function noteLine(world: World, region: string, line: Omit<ApplicationLine, 'at'>): void {
  const at = world.clock.now();
  world.state.applicationLogs ??= {};
  const lines = world.state.applicationLogs[region] ?? [];
  world.state.applicationLogs[region] = lines;
  const before = lines.findLast(({ pod, message }) => pod === line.pod && message === line.message);
  if (before && at - before.at < REPEATED) return;
  lines.push({ at, ...line });
  if (lines.length > MOST_LINES) lines.splice(0, lines.length - MOST_LINES);
}
