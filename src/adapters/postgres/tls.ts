import { isIP } from 'node:net';

/**
 * As libpq's sslmode: `prefer` encrypts where the server offers it and goes on in plain text where it does not,
 * `require` always encrypts, `verify-full` also proves the server's name.
 */
export const TLS_MODES = ['disable', 'prefer', 'require', 'verify-full'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/** What Node says when it does not believe a certificate, and `pg` when the server has none. */
const NOT_TRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^INVALID_CA$|^PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH/;
const NOT_OFFERED = /^The server does not support SSL/;
const HANDSHAKE = /^(EPROTO$|ERR_SSL_)/;
const NO_HANDSHAKE = /^There was an error establishing an SSL connection/;

export interface TlsFailure {
  reason: string;
  /** Names DATABASE_TLS. */
  advice: string;
  /** False when trying again may help. */
  lasting: boolean;
}

/** Options of Node's TLS for a server that is known as `host`, at whatever address. */
export function tlsOptions(mode: TlsMode, host: string) {
  // An address is no server name in TLS; it is still proved against the certificate.
  return { ...(isIP(host) ? { host } : { servername: host }), rejectUnauthorized: mode === 'verify-full' };
}

/** Why no encrypted connection came about, and what to do; undefined when that was not what failed. */
export function tlsFailure(message: string, code: unknown): TlsFailure | undefined {
  const name = typeof code === 'string' ? code : '';
  const reason = message.replace(/\.$/, '');
  if (NOT_OFFERED.test(message)) {
    const advice = 'switch it on there, or set DATABASE_TLS to disable if the network is safe without it';
    return { reason: 'the server offers no TLS', advice, lasting: true };
  }
  if (NOT_TRUSTED.test(name)) {
    const advice =
      "give Node the authority's certificate in NODE_EXTRA_CA_CERTS (for RDS, Amazon's bundle), or set DATABASE_TLS to require to do without proof";
    return { reason: `its certificate is not trusted (${reason})`, advice, lasting: true };
  }
  if (HANDSHAKE.test(name) || NO_HANDSHAKE.test(message)) {
    return { reason, advice: "check the server's TLS settings against DATABASE_TLS", lasting: false };
  }
  return undefined;
}
