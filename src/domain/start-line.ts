import type { Json, JsonObject } from './action.ts';
import type { AskedFor } from './events.ts';
import type { Plan } from './plan.ts';
import { quoteWord } from './quote-word.ts';
import type { Mode } from './runbook.ts';

/** The runbook that `failover` stands for in every system. */
export const FAILOVER_RUNBOOK = 'region-failover';

/** What is started, and how. */
export interface StartAsked {
  runbook: string;
  mode?: Mode | undefined;
  params?: JsonObject | undefined;
  reason?: string | undefined;
}

/** A verb with its arguments as they are typed after it. */
export interface StartLine {
  verb: 'failover' | 'run';
  args: string;
}

/** Pure: the command that starts a runbook of a system just so; `failover` is the short way to say `run <system>/region-failover`. */
export function startLine(system: string, { runbook, mode, params = {}, reason }: StartAsked): StartLine {
  const isFailover = runbook === FAILOVER_RUNBOOK && Object.keys(params).every((name) => name === 'to');
  const values = Object.entries(params).map(([name, value]) =>
    isFailover ? `--to ${quoteWord(wordOf(value))}` : quoteWord(`${name}=${wordOf(value)}`),
  );
  const words = [
    isFailover ? system : `${system}/${runbook}`,
    ...(isFailover ? [] : values),
    ...(mode === undefined ? [] : ['--mode', mode]),
    ...(isFailover ? values : []),
    ...(reason === undefined ? [] : ['--reason', quoteWord(reason)]),
  ];
  return { verb: isFailover ? 'failover' : 'run', args: words.join(' ') };
}

/** Pure: how a plan of this runbook is asked for, as it is typed: `/dr run chatbot/service-failure`. `plan` absent: a failover. */
export function askAgain(system: string, plan: Pick<Plan, 'runbook'> | Pick<AskedFor, 'runbook'> | undefined): string {
  const { verb, args } = startLine(system, { runbook: plan?.runbook ?? FAILOVER_RUNBOOK });
  return `/dr ${verb} ${args}`;
}

function wordOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
