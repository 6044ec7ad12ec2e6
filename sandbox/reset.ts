import type { Socket } from 'node:net';

/**
 * Cuts a connection as a host that refuses does: with a reset. One whose end was sent already just ends: while that is
 * under way Node cannot reset (EINVAL), keeps the descriptor for good, and then never gets to the end of its process.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
