import { InvalidInput } from '../src/domain/errors.ts';
import type { Access } from '../src/domain/system.ts';
import type { Person } from './slack/state.ts';

/** Who acts in the sandbox: the team's own Slack ids from access.yaml, so that its rules are the ones rehearsed. */
export interface Cast {
  requester: Person;
  approver: Person;
  commander: Person;
  /** Has no right to anything. */
  bystander: Person;
}

/** Gives the three roles of `system` to three people where possible. Throws InvalidInput when nobody could approve. */
export function castFor(access: Access, system: string): Cast {
  const roles = access[system];
  if (!roles) {
    throw new InvalidInput(
      'access.missing',
      `access.yaml says nothing about ${system}; add who may start, approve and command.`,
    );
  }
  const requester = roles.start[0] ?? '';
  const approvers = [...roles.approve, ...roles.command].filter((id) => id !== requester);
  const approver = approvers[0];
  if (!approver) {
    throw new InvalidInput(
      'access.approver',
      `Only ${requester} may approve for ${system}, and nobody may approve their own plan; list a second person in access.yaml.`,
    );
  }
  const commander = roles.command.find((id) => id !== requester && id !== approver) ?? roles.command[0] ?? approver;
  return {
    requester: { id: requester, name: 'requester', realName: 'Robin Requester' },
    approver: { id: approver, name: 'approver', realName: 'Ada Approver' },
    commander: { id: commander, name: 'commander', realName: 'Cleo Commander' },
    bystander: { id: 'U0BYSTANDER', name: 'bystander', realName: 'Billie Bystander' },
  };
}

/** The people of a cast, each once. */
export function peopleOf(cast: Cast): Person[] {
  const all = [cast.requester, cast.approver, cast.commander, cast.bystander];
  return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
}
