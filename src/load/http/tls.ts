import type { Socket } from 'node:net';
import {
  createSecureContext,
  DEFAULT_CIPHERS,
  getCiphers,
  type SecureContext,
  type SecureVersion,
  TLSSocket,
} from 'node:tls';

/** TLS options that differ from Node's defaults. */
export interface TlsOptions {
  versionMin?: SecureVersion;
  versionMax?: SecureVersion;
  /** Cipher suites for TLS 1.2 and older, by their standard names; absent: Node's. */
  cipherSuites?: string[];
  /** Client certificates, for servers that request one. */
  certificates: ClientCertificate[];
}

/** PEM texts, and the servers to use them for (`example.com`, `*.example.com`); without domains, for all servers. */
export interface ClientCertificate {
  domains: string[];
  cert: string;
  key: string;
  password?: string;
}

/** Creates one context per certificate at its first use, because loading authorities and keys takes long. */
export function createSecureContexts(tls: TlsOptions): (host: string) => SecureContext {
  const contexts = new Map<ClientCertificate | undefined, SecureContext>();
  return (host) => {
    const certificate = certificateFor(host, tls.certificates);
    const context = contexts.get(certificate) ?? contextOf(tls, certificate);
    contexts.set(certificate, context);
    return context;
  };
}

/** The suites among `standardNames` that Node supports. */
export function knownCipherSuites(standardNames: string[]): string[] {
  const known = new Set(getCiphers());
  return standardNames.filter((name) => known.has(openSslName(name).toLowerCase()));
}

/** Version and cipher suite of a connection, by k6's names; both empty for a connection without TLS. */
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
  // As in k6, the suites of TLS 1.3 cannot be chosen.
  const chosen = cipherSuites && [...TLS_1_3_SUITES, ...cipherSuites.map(openSslName)].join(':');
  const isOld = versionMin === 'TLSv1' || versionMin === 'TLSv1.1';
  return createSecureContext({
    minVersion: versionMin,
    maxVersion: versionMax,
    // OpenSSL's default security level forbids everything that versions before 1.2 support.
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
