import fc from 'fast-check';

/** Sales of every shape that takes a few milliseconds to simulate. */
export const arbitrarySale = fc.record({
  seed: fc.integer({ min: 0 }),
  buyers: fc.integer({ min: 1, max: 400 }),
  total: fc.integer({ min: 0, max: 40 }),
  skus: fc.integer({ min: 1, max: 3 }),
  quantityMax: fc.integer({ min: 1, max: 4 }),
  arrivalRate: fc.integer({ min: 100, max: 20_000 }),
  holdTtlMs: fc.integer({ min: 5, max: 300 }),
  sweepGraceMs: fc.integer({ min: 1, max: 80 }),
  instances: fc.integer({ min: 1, max: 3 }),
  isKilled: fc.boolean(),
  lossRate: fc.constantFrom(0, 0.02, 0.3),
  flow: fc.constantFrom(...(['reserve', 'register', 'quest', 'attempt', 'tickets'] as const)),
  retryRate: fc.constantFrom(0, 0.2),
  theftRate: fc.constantFrom(0, 0.3),
  readRate: fc.constantFrom(0, 0.3),
  paymentMs: fc.constantFrom(0, 20, 100),
  lockWaitMs: fc.constantFrom(0, 10),
  batchMs: fc.constantFrom(0, 2, 10),
  refusalLagMs: fc.constantFrom(0, 50),
  clockAheadMs: fc.constantFrom(0, -1_500, 700, 3_600_000),
  clockGainPpm: fc.constantFrom(0, -300, 300),
  sideDoorRate: fc.constantFrom(0, 0.2),
  opensMs: fc.constantFrom(-Infinity, 10, 40),
  closesMs: fc.constantFrom(50, 100, Infinity),
});
