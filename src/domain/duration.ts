import { z } from 'zod';

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A duration as people write it in YAML and on the command line (`45s`, `10m`, `4h`, `2d`); parses to seconds. */
export const Duration = z
  .string()
  .regex(/^\d+[smhd]$/, 'write a duration as a whole number and s, m, h or d, for example 45s or 10m')
  .transform((text) => Number(text.slice(0, -1)) * UNITS[text.at(-1) as keyof typeof UNITS]);
