import { formatFault, WAITS } from '../control/faults.ts';
import type { Snapshot } from '../control/wire.ts';
import type { Style } from './style.ts';

/** World time as the bot writes it. */
export function utc(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 19)} UTC`;
}

/** What somebody who has never seen the sandbox reads first. */
export function invitation({ system, people }: Snapshot, style: Style): string[] {
  const region = system.regions[0] ?? 'us-east-1';
  const other = people.find(({ name }) => name === 'approver')?.name ?? people[1]?.name ?? 'approver';
  const typed = (text: string) => style.accent(text.padEnd(32));
  return [
    style.bold(`A simulated ${system.title} in ${system.regions.join(' and ')}, and the real bot in its Slack.`),
    `  1  ${typed(`fault region-down:${region}`)} break a region`,
    `  2  ${typed(`/dr failover ${system.name}`)} ask the bot for a recovery`,
    `  3  ${typed(`as ${other}`)} become somebody who may approve, and press the number of a button`,
    `  4  ${typed('world')} see who answers, where writes go, what users notice`,
    `     ${typed('help')} everything else`,
  ];
}

export function help(style: Style): string[] {
  const line = (text: string, meaning: string) => `  ${style.accent(text.padEnd(30))} ${meaning}`;
  return [
    line('/dr …', 'a command to the bot, in #incident-response; /dr help lists what it can do'),
    line('as requester', 'who is typing: requester, approver, commander, bystander'),
    line('3, press 3, press Approve', 'press a button by its number or by what is written on it'),
    line('fault region-down:us-east-1', 'break something; faults lists what can be broken'),
    line('fault off [region-down]', 'mend it; without a name, everything'),
    line('world', 'the world on one screen'),
    line('wait recovered', 'wait until a message says so (for scripts)'),
    line('quit', 'end the sandbox'),
  ];
}

export function faultList({ faultKinds, faults }: Snapshot, style: Style): string[] {
  const on = faults.map(
    (fault) => `${formatFault(fault)} since ${utc(fault.since)}${fault.waits ? ` (${WAITS})` : ''}`,
  );
  return [
    ...faultKinds.map(({ example, sentence }) => `  ${style.accent(example.padEnd(30))} ${sentence}`),
    on.length > 0 ? `On now: ${on.join(', ')}.` : 'Nothing is broken now.',
  ];
}

/** The world on one screen. Pure. */
export function worldPicture({ clock, picture, faults, pages, system }: Snapshot, style: Style): string[] {
  const { dns, databases, pods, loadBalancers, client, writesTo } = picture;
  const row = (name: string, text: string) => `  ${style.bold(name.padEnd(10))} ${text}`;
  const home = databases.find(({ instance }) => instance === writesTo);
  const condition = (region: string | undefined) => {
    const fault = faults.find(({ target }) => target !== undefined && target === region);
    if (!fault) return '';
    return style.alarm(fault.name === 'region-refuse' ? ', which refuses connections' : ', which does not answer');
  };
  return [
    row('Time', `${utc(clock.now)}, ${pace(clock.speed)}`),
    row(
      'DNS',
      `${dns.record} → ${dns.region ?? 'no region'}${dns.host === undefined ? '' : ` (${dns.host})`}${condition(dns.region)}`,
    ),
    row(
      'Writes',
      writesTo === undefined
        ? 'nowhere'
        : `go to ${writesTo}${home ? ` in ${home.region}${condition(home.region)}` : ''}`,
    ),
    row(
      'Databases',
      databases
        .map(({ instance, region, role, status }) => `${instance} (${region}): ${role}, ${status}${condition(region)}`)
        .join('; '),
    ),
    row(
      'Services',
      system.regions
        .map((region) => {
          const { ready = 0, wanted = 0 } = pods[region] ?? {};
          return `${region}: ${ready} of ${wanted} pods ready, traffic to ${loadBalancers[region] ?? 'nothing'}${condition(region)}`;
        })
        .join('; '),
    ),
    row('Users', clientLine(client)),
    row('Faults', faults.length > 0 ? style.alarm(faults.map(formatFault).join(', ')) : 'none'),
    row(
      'Pages',
      pages.length > 0
        ? pages.map(({ service, status, triggeredAt }) => `${service} (${status}, ${utc(triggeredAt)})`).join('; ')
        : 'nobody was paged',
    ),
  ];
}

function clientLine(client: Snapshot['picture']['client']): string {
  if (client?.successRate === undefined) return 'have written nothing yet';
  const rate = Math.round(client.successRate * 100);
  const why = client.successRate < 1 && client.lastFailure !== undefined ? `, last failure: ${client.lastFailure}` : '';
  return `${rate} % of the last writes acknowledged (${client.acknowledged} in all, ${client.failed} failed${why})`;
}

function pace(speed: number): string {
  if (speed === 0) return 'paused';
  return speed === 1 ? 'as fast as real time' : `${speed} times as fast as real time`;
}
