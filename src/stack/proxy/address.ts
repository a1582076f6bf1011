import { UserError } from '../../kernel/errors.ts';

/** A place to connect to or to listen on. */
export interface Address {
  host: string;
  port: number;
}

/**
 * Reads `HOST:PORT`, or `[ADDRESS]:PORT` for IPv6.
 *
 * @throws UserError (usage) when the text is no address
 */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > 65_535) {
    throw UserError.usage(`${text} is no address`, {
      why: 'an address is HOST:PORT',
      next: 'write it as 127.0.0.1:5432, localhost:6379 or [::1]:5432',
    });
  }
  return { host, port: Number(digits) };
}

/** An address as it is written. */
export const writeAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
