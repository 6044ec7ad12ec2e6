import type { ClockAnchor } from '../../src/domain/clock.ts';
import type { Outcome } from './statistics.ts';

/** What the client's process is started with. */
export interface ClientSettings {
  /** Where writes are posted, for example https://api.chatbot.com/messages. */
  url: string;
  /** Forward proxy, http://ip:port. */
  proxyUrl: string;
  /** DNS server that the client resolves the host with, ip:port. */
  resolver: string;
  /** PEM of the authority that it trusts. */
  certificate: string;
  anchor: ClockAnchor;
  /** Machine milliseconds between two writes. */
  interval: number;
  /** Machine milliseconds after which a write counts as failed. */
  timeout: number;
  /** Writes under way at once; when so many hang, the next one waits for its turn. */
  inFlight: number;
  firstNumber: number;
}

export type ToClient = { type: 'start'; settings: ClientSettings } | { type: 'anchor'; anchor: ClockAnchor };
export type FromClient = { type: 'ready' } | { type: 'outcomes'; outcomes: Outcome[] };
