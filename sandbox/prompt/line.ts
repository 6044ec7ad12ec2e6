import { nearestWord } from '../../src/domain/nearest.ts';

/** What a typed line means. */
export type Line =
  | { kind: 'nothing' }
  | { kind: 'command'; text: string }
  | { kind: 'as'; person: string }
  | { kind: 'press'; number: number }
  | { kind: 'press-label'; label: string }
  | { kind: 'fault-on'; name: string }
  | { kind: 'fault-off'; name?: string }
  | { kind: 'wait'; words: string }
  | { kind: 'faults' | 'world' | 'help' | 'quit' }
  | { kind: 'mistake'; sentence: string };

const WORDS = ['as', 'press', 'fault', 'faults', 'wait', 'world', 'help', 'quit'];

/** Reads one typed line; what is not understood becomes one helpful sentence. Pure. */
export function parseLine(input: string): Line {
  const text = input.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('/')) return { kind: 'command', text };
  const [word = '', ...rest] = text.split(/\s+/);
  const argument = rest.join(' ');
  if (/^\d+$/.test(text)) return { kind: 'press', number: Number(text) };
  switch (word.toLowerCase()) {
    case 'as':
      return argument === ''
        ? mistake('Say as whom: as requester, as approver, as commander.')
        : { kind: 'as', person: argument };
    case 'press':
      if (/^\d+$/.test(argument)) return { kind: 'press', number: Number(argument) };
      return argument === ''
        ? mistake('Say which button: press 1, or press Approve.')
        : { kind: 'press-label', label: argument };
    case 'fault':
      return parseFaultLine(rest);
    case 'wait':
      return argument === '' ? mistake('Say what to wait for: wait recovered.') : { kind: 'wait', words: argument };
    case 'faults':
    case 'world':
    case 'help':
      return { kind: word.toLowerCase() as 'faults' | 'world' | 'help' };
    case '?':
      return { kind: 'help' };
    case 'quit':
    case 'exit':
      return { kind: 'quit' };
    case 'dr':
      return mistake(`Slash commands begin with a slash: /${text}`);
    default:
      return mistake(unknown(word));
  }
}

function parseFaultLine([first = '', ...rest]: string[]): Line {
  if (first === '') return mistake('Say which fault: fault region-down:us-east-1. "faults" lists them.');
  if (first !== 'off') return { kind: 'fault-on', name: [first, ...rest].join(' ') };
  const name = rest.join(' ');
  return name === '' || name === 'all' ? { kind: 'fault-off' } : { kind: 'fault-off', name };
}

function unknown(word: string): string {
  const meant = nearestWord(word, WORDS);
  const hint = meant === undefined ? 'Commands to the bot begin with /dr.' : `Did you mean ${meant}?`;
  return `"${word}" means nothing here. ${hint} Type help for everything that does.`;
}

function mistake(sentence: string): Line {
  return { kind: 'mistake', sentence };
}
