import { check } from 'k6';
import { SharedArray } from 'k6/data';
import http from 'k6/http';

/** The script that our engine and k6 run: each iteration makes and checks a reservation for a different buyer. */
const tokens = new SharedArray<string>('tokens', () =>
  open(__ENV.TOKENS ?? '')
    .trim()
    .split('\n'),
);

const vus = Number(__ENV.CONNECTIONS);
const duration = `${__ENV.SECONDS}s`;

/** Runs at a rate (RATE), a number of times (ITERATIONS), or else as fast as possible for a time (SECONDS). */
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
