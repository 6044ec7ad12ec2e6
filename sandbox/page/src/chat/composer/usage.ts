/** One place in a command's usage that an argument goes into. */
export interface Slot {
  /** What stands there: the names of what is accepted (`incident`, `system`), or the very words (`emergency`). */
  accepts: string[];
  isRequired: boolean;
}

export interface Usage {
  positionals: Slot[];
  /** By the flag's name, without dashes. */
  flags: Map<string, Slot>;
}

/** The parts of a usage such as `failover <system> [--to region] [--mode emergency|planned] [--reason "…"]`. Pure. */
export function readUsage(usage: string): Usage {
  const positionals: Slot[] = [];
  const flags = new Map<string, Slot>();
  const parts = usage.matchAll(/\[([^\]]+)\]|<([^>]+)>|(--[\w-]+ (?:"[^"]*"|\S+))/g);
  for (const [, optional, required, flag] of parts) {
    const part = optional ?? required ?? flag ?? '';
    const isRequired = optional === undefined;
    const named = /^--([\w-]+)\s+(.+)$/.exec(part);
    if (named) flags.set(named[1] ?? '', { accepts: accepted(named[2] ?? ''), isRequired });
    else positionals.push({ accepts: accepted(part), isRequired });
  }
  return { positionals, flags };
}

function accepted(text: string): string[] {
  return text.split('|').map((word) => word.trim());
}
