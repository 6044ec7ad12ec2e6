import type { FaultKind } from '../../../control/wire.ts';
import type { FaultName } from '../../../world/state.ts';

/** What the kinds of faults are about, in the order in which they are shown. */
const GROUPS = [
  'Regions and network',
  'Databases',
  'Services',
  'DNS and AWS',
  'Backups',
  'Slack and PagerDuty',
] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<FaultName, Group> = {
  'region-down': 'Regions and network',
  'region-refuse': 'Regions and network',
  'zone-down': 'Regions and network',
  'network-partition': 'Regions and network',
  'old-primary-returns': 'Regions and network',
  'replica-lag': 'Databases',
  'broken-replica': 'Databases',
  'database-crash': 'Databases',
  'database-overloaded': 'Databases',
  'promotion-refused': 'Databases',
  'corrupted-index': 'Databases',
  'corrupted-table': 'Databases',
  'deleted-rows': 'Databases',
  'crash-looping-pods': 'Services',
  'out-of-memory-pods': 'Services',
  'image-missing': 'Services',
  'failing-probes': 'Services',
  'full-nodes': 'Services',
  'kubernetes-conflicts': 'Services',
  'route53-control-plane-down': 'DNS and AWS',
  'dns-does-not-propagate': 'DNS and AWS',
  'expired-credentials': 'DNS and AWS',
  'aws-throttled': 'DNS and AWS',
  'aws-errors': 'DNS and AWS',
  'aws-resets': 'DNS and AWS',
  'aws-slow': 'DNS and AWS',
  'backup-missing': 'Backups',
  'backup-stale': 'Backups',
  'backup-wrong-checksum': 'Backups',
  'slack-rate-limited': 'Slack and PagerDuty',
  'slack-errors': 'Slack and PagerDuty',
  'slack-silent': 'Slack and PagerDuty',
  'pagerduty-down': 'Slack and PagerDuty',
};

/** The kinds of this world by what they are about; groups without any are left out. */
export function groupsOf(kinds: readonly FaultKind[]): [Group, FaultKind[]][] {
  return GROUPS.flatMap((group): [Group, FaultKind[]][] => {
    const own = kinds.filter(({ name }) => GROUP_OF[name] === group);
    return own.length > 0 ? [[group, own]] : [];
  });
}
