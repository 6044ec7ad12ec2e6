import { quoteWord } from '../../../../src/domain/quote-word.ts';
import type { RunbookPicture } from '../../../control/wire.ts';

/** The line that starts a runbook so; what is left as it is by default is left out. Pure. */
export function commandLine(
  { system, id, modes, parameters }: Pick<RunbookPicture, 'system' | 'id' | 'modes' | 'parameters'>,
  { mode, values, reason }: { mode?: string | undefined; values: Readonly<Record<string, string>>; reason: string },
): string {
  const given = parameters.flatMap(({ name, usual }) => {
    const value = values[name]?.trim() ?? '';
    return value === '' || value === usual ? [] : [quoteWord(`${name}=${value}`)];
  });
  return [
    `/dr run ${system}/${id}`,
    ...given,
    ...(mode === undefined || mode === modes[0] ? [] : [`--mode ${mode}`]),
    ...(reason.trim() === '' ? [] : [`--reason "${reason.trim().replaceAll('"', "'")}"`]),
  ].join(' ');
}
