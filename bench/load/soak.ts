import { check } from 'k6';
import { SharedArray } from 'k6/data';
import http from 'k6/http';

/**
 * The script of a soak: buyers reserve one SKU after the other. Everybody asks once for each, and the last of them find it
 * sold out. SKUS is the number of the SKUs `soak-0`, `soak-1` …
 */
const tokens = new SharedArray<string>('tokens', () =>
  open(__ENV.TOKENS ?? '')
    .trim()
    .split('\n'),
);

const vus = Number(__ENV.CONNECTIONS);
const skus = Number(__ENV.SKUS);

export const options = { vus, duration: `${__ENV.SECONDS}s` };

export default async function (): Promise<void> {
  const turn = __VU - 1 + __ITER * vus;
  const sku = Math.floor(turn / tokens.length) % skus;
  const answer = await http.post(
    `${__ENV.BASE}/api/v1/reservations`,
    JSON.stringify({ skuId: `soak-${sku}`, quantity: 1 }),
    {
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${tokens[turn % tokens.length]}`,
      },
    },
  );
  check(answer, { 'is decided': ({ status }) => status === 201 || status === 400 });
}
