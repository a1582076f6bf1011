import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE, KEY } from '../testing/certificate.ts';
import { createSecureContexts, knownCipherSuites, sessionOf } from './tls.ts';

const certificateFor = (...domains: string[]) => ({ domains, cert: CERTIFICATE, key: KEY });

describe('contexts of TLS', () => {
  it('are created once per certificate, which is chosen by domain', () => {
    const contextFor = createSecureContexts({
      certificates: [certificateFor('shop.test', '*.shop.test'), certificateFor('pay.test')],
    });
    const shop = contextFor('shop.test');
    expect(contextFor('m.shop.test')).toBe(shop);
    expect(contextFor('pay.test')).not.toBe(shop);
    expect(contextFor('other.test')).not.toBe(shop);
    expect(contextFor('another.test')).toBe(contextFor('other.test'));
  });

  it('use a certificate without domains for all other hosts', () => {
    const contextFor = createSecureContexts({
      certificates: [certificateFor(), certificateFor('shop.test')],
    });
    expect(contextFor('other.test')).toBe(contextFor('another.test'));
    expect(contextFor('shop.test')).not.toBe(contextFor('other.test'));
  });

  it('are refused for a cipher suite that does not exist', () => {
    const contextFor = createSecureContexts({ cipherSuites: ['NO SUCH SUITE'], certificates: [] });
    expect(() => contextFor('shop.test')).toThrow();
  });
});

describe('names of cipher suites', () => {
  it('are the standard ones; suites that Node does not support are left out', () => {
    const known = [
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
      'TLS_AES_128_GCM_SHA256',
    ];
    expect(knownCipherSuites([...known, 'TLS_RSA_WITH_NOTHING'])).toEqual(known);
  });
});

it('a plain connection has neither version nor cipher suite', () => {
  expect(sessionOf(new Socket())).toEqual({ tlsVersion: '', tlsCipherSuite: '' });
});
