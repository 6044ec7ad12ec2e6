/** One line of the table. */
export interface Row {
  what: string;
  /** What Lifeboat takes, with its unit. */
  measured: string;
  /** What it is compared with, with its unit; measured in the same run. */
  against: string;
  /** Lifeboat's figure by the other one. */
  ratio: number;
  /** In words; absent: a figure without a goal. */
  goal?: string;
  /** Whether the goal is met; absent with it. */
  isMet?: boolean;
}

export interface FigureOptions {
  /** Fewer rounds, smaller numbers: whether it works, not how fast. */
  quick: boolean;
}

/** A measurement of its own, in a process of its own. */
export type Figure = (options: FigureOptions) => Promise<Row[]>;

/** By the name that `--only` takes, in the order of the table; each is loaded in the process that measures it. */
export const FIGURES: Record<string, () => Promise<Figure>> = {
  steps: async () => (await import('./steps.ts')).steps,
  runs: async () => (await import('./runs.ts')).runs,
  takeover: async () => (await import('./takeover.ts')).takeover,
  timers: async () => (await import('./timers.ts')).timers,
  recovery: async () => (await import('./recovery.ts')).recovery,
  journal: async () => (await import('./journal.ts')).journal,
};
