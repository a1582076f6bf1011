import type { Socket } from 'node:net';
import {
  createSecureContext,
  DEFAULT_CIPHERS,
  getCiphers,
  type SecureContext,
  type SecureVersion,
  TLSSocket,
} from 'node:tls';

/** What is asked of TLS beyond the defaults of Node. */
export interface TlsOptions {
  versionMin?: SecureVersion;
  versionMax?: SecureVersion;
  /** Offered for TLS 1.2 and before, by their standard names; absent: Node's. */
  cipherSuites?: string[];
  /** Ours, for servers that ask who we are. */
  certificates: ClientCertificate[];
}

/** PEM texts, and which servers they are for (`example.com`, `*.example.com`); for all if none is named. */
export interface ClientCertificate {
  domains: string[];
  cert: string;
  key: string;
  password?: string;
}

/** One context for each certificate, made when it is first needed: loading authorities and keys takes long. */
export function createSecureContexts(tls: TlsOptions): (host: string) => SecureContext {
  const made = new Map<ClientCertificate | undefined, SecureContext>();
  return (host) => {
    const certificate = certificateFor(host, tls.certificates);
    const context = made.get(certificate) ?? contextOf(tls, certificate);
    made.set(certificate, context);
    return context;
  };
}

/** Those of these suites that Node can speak. */
export function knownCipherSuites(standardNames: string[]): string[] {
  const known = new Set(getCiphers());
  return standardNames.filter((name) => known.has(openSslName(name).toLowerCase()));
}

/** Version and cipher suite of a connection, by k6's names; both empty where it is a plain one. */
export function sessionOf(socket: Socket): { tlsVersion: string; tlsCipherSuite: string } {
  if (!(socket instanceof TLSSocket)) return { tlsVersion: '', tlsCipherSuite: '' };
  return {
    tlsVersion: VERSION_NAMES[socket.getProtocol() as SecureVersion] ?? '',
    tlsCipherSuite: socket.getCipher().standardName,
  };
}

const VERSION_NAMES: Record<SecureVersion, string> = {
  TLSv1: 'tls1.0',
  'TLSv1.1': 'tls1.1',
  'TLSv1.2': 'tls1.2',
  'TLSv1.3': 'tls1.3',
};

function contextOf(
  { versionMin, versionMax, cipherSuites }: TlsOptions,
  certificate: ClientCertificate | undefined,
): SecureContext {
  // The suites of TLS 1.3 cannot be chosen, as in k6.
  const chosen = cipherSuites && [...TLS_1_3_SUITES, ...cipherSuites.map(openSslName)].join(':');
  const isOld = versionMin === 'TLSv1' || versionMin === 'TLSv1.1';
  return createSecureContext({
    minVersion: versionMin,
    maxVersion: versionMax,
    // What versions before 1.2 can do is below the level of security that OpenSSL asks for.
    ciphers: isOld ? `${chosen ?? DEFAULT_CIPHERS}:@SECLEVEL=0` : chosen,
    ...(certificate && {
      cert: certificate.cert,
      key: certificate.key,
      passphrase: certificate.password,
    }),
  });
}

const TLS_1_3_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` → `ECDHE-RSA-AES128-GCM-SHA256`; the names of TLS 1.3 are the same. */
function openSslName(standardName: string): string {
  if (!standardName.includes('_WITH_')) return standardName;
  return standardName
    .replace(/^TLS_(?:RSA_WITH_)?/, '')
    .replace('_WITH_', '_')
    .replace(/AES_(\d+)/, 'AES$1')
    .replace('_CBC', '')
    .replaceAll('_', '-');
}

function certificateFor(
  host: string,
  certificates: ClientCertificate[],
): ClientCertificate | undefined {
  const isFor = (domain: string): boolean =>
    domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain;
  return (
    certificates.find(({ domains }) => domains.some(isFor)) ??
    certificates.find(({ domains }) => domains.length === 0)
  );
}
