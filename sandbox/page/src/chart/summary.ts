import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { ClientPicture, RecoveryPicture } from '../../../control/wire.ts';

/** What the strip shows, in words. Pure. */
export function summaryOf(recovery: RecoveryPicture | undefined, client: ClientPicture | undefined): string {
  return recovery ? ofIncident(recovery) : withoutIncident(client);
}

function withoutIncident(client: ClientPicture | undefined): string {
  if (client?.successRate === undefined) return 'Nobody has written yet.';
  if (client.successRate === 0) return 'Users cannot write. No incident is declared.';
  if (client.successRate < 1) return "Some of users' last writes failed. No incident is declared.";
  if (client.failed === 0) return 'Every write was acknowledged.';
  return `Users write. ${client.failed} ${client.failed === 1 ? 'write' : 'writes'} failed before.`;
}

function ofIncident(recovery: RecoveryPicture): string {
  const { downtimeSeconds, recoveredAt, status } = recovery;
  const isOver = recoveredAt !== undefined || status === 'resolved';
  const outage =
    downtimeSeconds < 1
      ? isOver
        ? 'Users could write all the time.'
        : 'Users can write.'
      : `Users could not write for ${formatSeconds(downtimeSeconds)}${isOver ? '' : ' so far'}.`;
  return [outage, loss(recovery)].filter((sentence) => sentence !== '').join(' ');
}

function loss({ rowsLost, lossSeconds }: RecoveryPicture): string {
  if (rowsLost === undefined) return '';
  const count = `${rowsLost} ${rowsLost === 1 ? 'write' : 'writes'} lost`;
  const work = rowsLost > 0 && lossSeconds !== undefined ? `, ${formatSeconds(lossSeconds)} of work` : '';
  return `${count}${work}.`;
}
