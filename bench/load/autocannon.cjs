// Calls autocannon's API, because its command line cannot give every request a different body and token.
const { readFileSync } = require('node:fs');
const { BASE, TOKENS, SECONDS, CONNECTIONS, AUTOCANNON } = process.env;

const tokens = readFileSync(TOKENS, 'utf8').trim().split('\n');
let turn = 0;

require(AUTOCANNON)({
  url: BASE,
  connections: Number(CONNECTIONS),
  duration: Number(SECONDS),
  requests: [
    {
      method: 'POST',
      path: '/api/v1/reservations',
      setupRequest(request) {
        turn += 1;
        request.body = JSON.stringify({ skuId: 'LAMP', quantity: 1, note: `buyer ${turn}` });
        request.headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${tokens[turn % tokens.length]}`,
        };
        return request;
      },
    },
  ],
}).then((result) => console.log(JSON.stringify({ requests: result.requests.total })));
