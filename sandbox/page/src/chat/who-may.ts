import type { Person } from '../../../slack/state.ts';

/** The parts that the sandbox gives to people; what each may do follows from access.yaml. */
const PARTS: Record<string, string> = {
  requester: 'starts, and may not approve their own plan',
  approver: 'approves or rejects what others plan',
  commander: 'decides, skips, retries, aborts, resolves',
  bystander: 'may only look',
};

/** What somebody in the sandbox may do, in a few words. */
export function mayDo({ name }: Person): string {
  return PARTS[name] ?? '';
}
