import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { System } from '../../src/domain/system.ts';

export const chatbotFolder = join('runbooks', 'chatbot');

/** The shipped chatbot, as a runbook sees it. */
export function readSystem(): System {
  return System.parse(parse(readFileSync(join(chatbotFolder, 'system.yaml'), 'utf8')));
}
