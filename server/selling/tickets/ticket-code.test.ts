import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TicketCode, TicketKeys } from '../../../src/protocol/tickets.ts';
import { createTicketCodes, readTicketCode } from './ticket-code.ts';

const codes = createTicketCodes('a secret of thirty-two characters');
const content = {
  ticketId: '0198a000-0000-4000-8000-00000000abcd',
  showId: '0198a000-0000-7000-8000-000000000001',
};
const code = codes.write(content);
const key = createPublicKey({
  key: TicketKeys.parse(codes.keys).keys[0] as JsonWebKey,
  format: 'jwk',
});

describe('S3.3 the code of a ticket', () => {
  it('is read by a gate that has the published key and nothing else', () => {
    expect(TicketCode.parse(code)).toBe(code);
    expect(readTicketCode(code, key)).toEqual(content);
  });

  it('is the same each time, and on each server with the same secret', () => {
    expect(createTicketCodes('a secret of thirty-two characters').write(content)).toBe(code);
  });

  it('of a server with another secret is refused', () => {
    const forged = createTicketCodes('another secret, of as many letters').write(content);
    expect(readTicketCode(forged, key)).toBeUndefined();
  });

  it('of a ticket and the signature of another one are refused', () => {
    const other = codes.write({ ...content, ticketId: '0198a000-0000-4000-8000-00000000abce' });
    const [[head], [, tail]] = [code.split('.'), other.split('.')];
    expect(readTicketCode(`${head}.${tail}`, key)).toBeUndefined();
  });

  it('with any character of its content changed is refused', () => {
    for (let place = 0; place < 44; place++) {
      const changed = code[place] === 'A' ? 'B' : 'A';
      const forged = code.slice(0, place) + changed + code.slice(place + 1);
      expect(readTicketCode(forged, key)).toBeUndefined();
    }
  });

  it.each(['', '.', code.slice(1), `${code}A`, code.replace('.', ':'), 'A'.repeat(131)])(
    'is not %j',
    (text) => {
      expect(readTicketCode(text, key)).toBeUndefined();
    },
  );
});
