import { expect, it } from 'vitest';
import { splitCredentials } from './credentials.ts';

it('moves user and password into a header', () => {
  const { url, headers } = splitCredentials('http://me:s%20t@h:9090/api?a=b');
  expect(url.href).toBe('http://h:9090/api?a=b');
  expect(headers).toEqual({ authorization: `Basic ${btoa('me:s t')}` });
});

it('has no header for a URL without them', () => {
  expect(splitCredentials('http://h/').headers).toEqual({});
});

it('takes a percent sign that encodes nothing as it stands', () => {
  const { headers } = splitCredentials('http://me:50%off@h/');
  expect(headers).toEqual({ authorization: `Basic ${btoa('me:50%off')}` });
});
