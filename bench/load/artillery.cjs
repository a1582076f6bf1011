// Functions for artillery.yml: a different body and token for every request, and the end of the run.
const { readFileSync } = require('node:fs');
const { TOKENS, SECONDS } = process.env;

const tokens = readFileSync(TOKENS, 'utf8').trim().split('\n');
let turn = 0;
let endsAtMs;

module.exports = {
  asAnotherBuyer(request, _context, _events, next) {
    turn += 1;
    request.json = { skuId: 'LAMP', quantity: 1, note: `buyer ${turn}` };
    request.headers = { authorization: `Bearer ${tokens[turn % tokens.length]}` };
    next();
  },
  thereIsTime(_context, next) {
    endsAtMs ??= Date.now() + Number(SECONDS) * 1_000;
    next(Date.now() < endsAtMs);
  },
};
