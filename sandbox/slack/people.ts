import type { Person } from './state.ts';

/** The people of the sandbox; their ids are those of `runbooks/access.yaml`, the bystander's is in none of its lists. */
export const PEOPLE: Person[] = [
  { id: 'U0REQUESTER', name: 'requester', realName: 'Robin Requester' },
  { id: 'U0APPROVER', name: 'approver', realName: 'Ada Approver' },
  { id: 'U0COMMANDER', name: 'commander', realName: 'Cleo Commander' },
  { id: 'U0BYSTANDER', name: 'bystander', realName: 'Billie Bystander' },
];
