import { check } from 'k6';
import { SharedArray } from 'k6/data';
import http from 'k6/http';

/** What our engine and k6 run: a reservation by another buyer each time, checked, as scenarios do it. */
const tokens = new SharedArray<string>('tokens', () =>
  open(__ENV.TOKENS ?? '')
    .trim()
    .split('\n'),
);

const vus = Number(__ENV.CONNECTIONS);
const duration = `${__ENV.SECONDS}s`;

/** As fast as answers come for so long, or so often, or at a rate. */
export const options = __ENV.RATE
  ? {
      scenarios: {
        arrivals: {
          executor: 'constant-arrival-rate',
          rate: Number(__ENV.RATE),
          duration,
          preAllocatedVUs: vus,
          maxVUs: vus * 8,
        },
      },
    }
  : __ENV.ITERATIONS
    ? {
        scenarios: {
          all: {
            executor: 'shared-iterations',
            vus,
            iterations: Number(__ENV.ITERATIONS),
            maxDuration: '2h',
          },
        },
      }
    : { vus, duration };

export default async function (): Promise<void> {
  const turn = __VU + __ITER * vus;
  const answer = await http.post(
    `${__ENV.BASE}/api/v1/reservations`,
    JSON.stringify({ skuId: 'LAMP', quantity: 1, note: `buyer ${turn}` }),
    {
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${tokens[turn % tokens.length]}`,
      },
    },
  );
  check(answer, {
    'is reserved': ({ status }) => status === 201,
    'has a hold': (it) => it.json('reservationId') === 'hold-1',
  });
}
