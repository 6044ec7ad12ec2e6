import type { Command } from '../src/usecases/command.ts';
import { abort } from './abort.ts';
import { acknowledge } from './acknowledge.ts';
import { answer } from './answer.ts';
import { approve } from './approve.ts';
import { confirm } from './confirm.ts';
import { decline } from './decline.ts';
import { emergency } from './emergency.ts';
import { failover } from './failover.ts';
import { help } from './help.ts';
import { override } from './override.ts';
import { pause } from './pause.ts';
import { reject } from './reject.ts';
import { release } from './release.ts';
import { resolve } from './resolve.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { skip } from './skip.ts';
import { status } from './status.ts';
import { undo } from './undo.ts';

/** Every verb, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  failover,
  run,
  status,
  approve,
  reject,
  confirm,
  decline,
  answer,
  retry,
  skip,
  override,
  pause,
  resume,
  emergency,
  abort,
  undo,
  release,
  acknowledge,
  resolve,
  help,
];
