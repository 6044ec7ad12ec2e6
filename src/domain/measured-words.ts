import { formatSeconds } from './format-seconds.ts';

/** `lossSeconds 581.7`, `lossSeconds <= 300` */
const SECONDS = /\b([a-z]+(?:[A-Z][a-z]+)*?)Seconds( (?:<=|>=|==|!=|<|>))? (\d+(?:\.\d+)?)\b/g;

/** What a guard measured or needs, as people read it: what is named `…Seconds` in minutes and seconds (`loss 9 min 42 s`). */
export function measuredWords(text: string): string {
  return text.replace(SECONDS, (_all, name: string, operator: string | undefined, seconds: string) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${words}${operator ?? ''} ${formatSeconds(Number(seconds))}`;
  });
}
