import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import dnsPacket, { type Answer, type Packet, type Question } from 'dns-packet';
import { isTaken, listen } from '../listen.ts';

/** An answer section, the authority section for names that do not exist, and the response code. */
export interface DnsAnswer {
  code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'NOTIMP' | 'REFUSED';
  authoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
}

export interface DnsServer {
  /** ip:port, the same for UDP and TCP. */
  address: string;
  port: number;
  close(): Promise<void>;
}

/** RFC 1035, section 4.1.1. */
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const AUTHORITATIVE = 1 << 10;
const TRUNCATED = 1 << 9;
const RECURSION_DESIRED = 1 << 8;
const RECURSION_AVAILABLE = 1 << 7;
/** Without EDNS, the most bytes that a UDP answer may have. */
const CLASSIC_SIZE = 512;

/** How often a free port is looked for: one that is free for TCP may be taken for UDP. */
const ATTEMPTS = 10;

/** Answers one question; `recursionDesired` is the asker's wish that others be asked where needed. */
export type AnswerQuestion = (name: string, type: string, recursionDesired: boolean) => Promise<DnsAnswer>;

export interface DnsServerOptions {
  /** Whether it offers recursion, as a resolver does. */
  recursive: boolean;
  answer: AnswerQuestion;
  /** A free port where none is given, or somebody else has it. */
  port?: number | undefined;
}

/** Serves `answer` over UDP and TCP on one port of 127.0.0.1. What is no query gets no answer. */
export async function startDnsServer({ recursive, answer, port: wanted }: DnsServerOptions): Promise<DnsServer> {
  const respondTo = (message: Buffer) => respond(message, recursive, answer).catch(() => undefined);
  const tcp = createServer((socket) => serveTcp(socket, respondTo));
  const { udp, port } = await bindBoth(tcp, wanted);
  udp.on('error', () => {});
  udp.on('message', async (message, remote) => {
    const response = await respondTo(message);
    if (!response) return;
    const fits = response.full.length <= response.limit;
    udp.send(fits ? response.full : response.truncated(), remote.port, remote.address, () => {});
  });

  const sockets = new Set<Socket>();
  tcp.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    address: `127.0.0.1:${port}`,
    port,
    async close() {
      udp.close();
      for (const socket of sockets) socket.destroy();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

async function bindBoth(tcp: Server, wanted?: number): Promise<{ udp: UdpSocket; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await listen(tcp, attempt === 1 ? wanted : undefined);
    const udp = createSocket('udp4');
    try {
      udp.bind(port, '127.0.0.1');
      await once(udp, 'listening');
      return { udp, port };
    } catch (error) {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
      if (!isTaken(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Response {
  full: Buffer;
  /** Bytes that the asker takes over UDP. */
  limit: number;
  truncated(): Buffer;
}

/** Throws when the message is not understood, or cannot be answered. */
async function respond(message: Buffer, recursive: boolean, answer: AnswerQuestion): Promise<Response | undefined> {
  const query = dnsPacket.decode(message);
  const [question] = query.questions ?? [];
  if (query.type !== 'query' || !question) return undefined;
  const edns = query.additionals?.find((additional) => additional.type === 'OPT');
  const recursionDesired = (query.flags ?? 0) & RECURSION_DESIRED;
  const result = isServed(question)
    ? await answer(question.name.toLowerCase(), question.type, recursionDesired !== 0)
    : REFUSED;
  const flags =
    recursionDesired |
    (recursive ? RECURSION_AVAILABLE : 0) |
    (result.authoritative ? AUTHORITATIVE : 0) |
    CODES[result.code];
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: [question],
    answers: result.answers,
    authorities: result.authorities,
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: 1232,
            flags: 0,
            extendedRcode: 0,
            ednsVersion: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
  return {
    full: dnsPacket.encode(packet),
    limit: edns?.type === 'OPT' ? Math.max(CLASSIC_SIZE, edns.udpPayloadSize ?? CLASSIC_SIZE) : CLASSIC_SIZE,
    truncated: () => dnsPacket.encode({ ...packet, flags: flags | TRUNCATED, answers: [], authorities: [] }),
  };
}

export const REFUSED: DnsAnswer = { code: 'REFUSED', authoritative: false, answers: [], authorities: [] };

/** The zone is handed over to nobody, and there is only the Internet's class of names. */
function isServed({ class: ofNames = 'IN', type }: Question): boolean {
  return ofNames === 'IN' && type !== 'AXFR' && type !== 'IXFR';
}

/** Each message is preceded by its length in two bytes (RFC 1035, section 4.2.2). */
function serveTcp(socket: Socket, respondTo: (query: Buffer) => Promise<Response | undefined>): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', async (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const query = received.subarray(2, end);
      received = received.subarray(end);
      const response = await respondTo(query);
      if (!response) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.full.length);
      socket.write(Buffer.concat([length, response.full]));
    }
  });
}
