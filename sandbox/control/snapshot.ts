import { COMMANDS } from '../../commands/index.ts';
import { faultKindsOf } from './faults.ts';
import { picture } from './picture.ts';
import type { ControlParts, Stage } from './stage.ts';
import type { ClockPicture, CommandHint, Page, Picture, Snapshot, SystemPicture } from './wire.ts';

/** As many calls are told to a page that has just been opened. */
const MOST_CALLS = 10_000;

/** What is to be seen of the sandbox that is on stage now. */
export function snapshot(sandbox: ControlParts, stage: Pick<Stage, 'world' | 'systems'>): Snapshot {
  const { world, slack, measurements } = sandbox;
  const { state } = slack.workspace;
  const recovery = measurements.recovery();
  const botOutage = sandbox.botKeeper.outage();
  return {
    version: 2,
    world: stage.world,
    systems: stage.systems,
    system: systemOf(sandbox),
    seed: world.state.seed,
    clock: clockOf(sandbox),
    people: state.people,
    channels: state.channels,
    messages: state.messages,
    ephemerals: state.ephemerals,
    views: state.views,
    commands: COMMAND_HINTS,
    runbooks: sandbox.runbooks,
    faults: world.state.faults,
    faultKinds: faultKindsOf(world.state),
    pages: pagesOf(sandbox),
    picture: pictureOf(sandbox),
    writes: measurements.writes(),
    marks: measurements.marks(),
    ...(recovery && { recovery }),
    calls: world.state.calls.slice(-MOST_CALLS),
    tools: sandbox.tools,
    ...(botOutage !== undefined && { botOutage }),
  };
}

const COMMAND_HINTS: CommandHint[] = COMMANDS.map(({ verb, usage, summary }) => ({ verb, usage, summary }));

function systemOf({ systemName, system }: ControlParts): SystemPicture {
  const { primary, secondary } = system.regions;
  return {
    name: systemName,
    title: system.title,
    regions: Object.values(system.regions),
    primary,
    secondary,
    record: system.dns.record,
    deployments: system.kubernetes.deployments,
    rtoSeconds: system.rto,
    rpoSeconds: system.rpo.database,
    escalation: system.escalation.map(({ tier, contact, after }) => ({ tier, contact, afterSeconds: after })),
  };
}

export function clockOf({ world }: Pick<ControlParts, 'world'>): ClockPicture {
  return { now: world.clock.now(), speed: world.clock.speed() };
}

export function pagesOf({ pagerDuty }: Pick<ControlParts, 'pagerDuty'>): Page[] {
  return pagerDuty.incidents().map(({ routingKey: _secret, ...page }) => page);
}

export function pictureOf({ world, system, measurements, dns, databases }: ControlParts): Picture {
  return picture(world.state, system, world.clock.now(), {
    client: measurements.client(),
    writable: measurements.writable(),
    ...(dns && { remembered: dns.remembered(system.dns.record) }),
    ...(databases && { lagSeconds: databases.lagSeconds() }),
  });
}
