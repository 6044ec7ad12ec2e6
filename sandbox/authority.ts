import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** The certificate authority of the sandbox: every TLS endpoint of the simulated world is signed by it. */
export interface Authority {
  /** PEM of the authority's own certificate; the bot trusts it through NODE_EXTRA_CA_CERTS. */
  certificate: string;
  /** PEM. Whoever saves it lets a later sandbox be the same authority. */
  key: string;
  /** A key and a certificate (PEM) for a server that is reached by these DNS names and IP addresses. */
  issue(names: string[]): Promise<{ key: string; cert: string }>;
}

const DAY = 86_400_000;

/** Certificates are checked against the machine's clock, so their validity is machine time, never world time. */
function validity(): { notBeforeDate: Date; notAfterDate: Date } {
  return { notBeforeDate: new Date(Date.now() - DAY), notAfterDate: new Date(Date.now() + 365 * DAY) };
}

/** Creates a fresh authority, or the one that was saved. */
export async function createAuthority(saved?: Pick<Authority, 'certificate' | 'key'>): Promise<Authority> {
  const root = saved ? { cert: saved.certificate, private: saved.key } : await generateRoot();
  return {
    certificate: root.cert,
    key: root.private,
    async issue(names) {
      const issued = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
        ...validity(),
        keyType: 'ec',
        algorithm: 'sha256',
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
          },
        ],
      });
      return { key: issued.private, cert: issued.cert };
    },
  };
}

function generateRoot() {
  // A name of its own: TLS finds issuers by name, and one process may meet the authorities of several sandboxes.
  const name = `Lifeboat sandbox authority ${randomBytes(4).toString('hex')}`;
  return generate([{ name: 'commonName', value: name }], {
    ...validity(),
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}
