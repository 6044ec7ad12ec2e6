import { z } from 'zod';

/** A sequence of the journal, or a moment by its name: `step.started promote`. */
export const Moment = z.union([z.int().positive(), z.string().regex(/^[a-z-]+\.[a-z-]+( \S+)?$/)]);
export type Moment = z.infer<typeof Moment>;

/** One fault at one moment. */
export const Strike = z.strictObject({ fault: z.string(), at: Moment });
export type Strike = z.infer<typeof Strike>;

/** One recovery and what strikes it: everything that is needed to play it again. */
export const Job = z.strictObject({
  /** Of the world; what is drawn within the recovery follows from it too. */
  seed: z.int(),
  strikes: z.array(Strike),
  queue: z.enum(['postgres', 'redis']),
  /** World seconds per second while nothing is away; a busy machine's seconds are minutes. */
  speed: z.number().positive(),
  /** The short form: outages of machine seconds instead of a minute. */
  short: z.boolean(),
});
export type Job = z.infer<typeof Job>;

/** A fault that was really switched or carried out, and what was measured. */
export const Struck = z.strictObject({
  fault: z.string(),
  /** Sequence of the event that it followed, and that event's name. */
  sequence: z.int(),
  event: z.string(),
  /** Machine seconds from the death of the run's holder until another process held its lease; absent: none held it. */
  takeoverSeconds: z.number().optional(),
});
export type Struck = z.infer<typeof Struck>;

/** What became of one recovery. */
export const JobResult = z.strictObject({
  job: Job,
  struck: z.array(Struck),
  /** The world did not even start, or was not healthy before anything struck: nothing was tried. */
  isUnplayed: z.boolean(),
  /** One sentence for everything that is not as it must be; none: survived. */
  violations: z.array(z.string()),
  /** What a person had to do twice, and the like: not forbidden, and worth knowing. */
  notes: z.array(z.string()),
  /** Machine seconds that it took, from the first process to the last. */
  seconds: z.number(),
  /** Where the bots' log and the databases are, when something was violated. */
  folder: z.string().optional(),
});
export type JobResult = z.infer<typeof JobResult>;

/** The command that plays a recovery again. */
export function replayCommand({ seed, strikes, queue, speed, short }: Job): string {
  const faults = strikes.map(({ fault, at }) => `--fault ${fault} --at ${typeof at === 'number' ? at : `'${at}'`}`);
  const settings = [...(short ? ['--short'] : []), `--seed ${seed} --speed ${speed} --queue ${queue}`];
  return ['npm run test:chaos --', ...settings, ...faults].join(' ');
}
