import type { Command } from '../src/usecases/command.ts';
import { abort } from './abort.ts';
import { approve } from './approve.ts';
import { confirm } from './confirm.ts';
import { decline } from './decline.ts';
import { failover } from './failover.ts';
import { help } from './help.ts';
import { reject } from './reject.ts';
import { resolve } from './resolve.ts';
import { retry } from './retry.ts';
import { skip } from './skip.ts';
import { status } from './status.ts';

/** Every verb, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  failover,
  status,
  approve,
  reject,
  confirm,
  decline,
  retry,
  skip,
  abort,
  resolve,
  help,
];
