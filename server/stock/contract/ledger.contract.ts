import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createPool } from '../../platform/postgres.ts';
import { auditLedger } from '../testing/audit.ts';
import { HOLD_TTL_MS, type LedgerSubject, type MakeLedger } from '../testing/subject.ts';
import { describeBaskets } from './baskets.contract.ts';
import { describeCancel } from './cancel.contract.ts';
import { describeConfirm } from './confirm.contract.ts';
import { describeCrowds } from './crowds.contract.ts';
import { describeExpiry } from './expiry.contract.ts';
import { describeFaults } from './faults.contract.ts';
import { describeHold } from './hold.contract.ts';
import { describeManySkus } from './many-skus.contract.ts';
import { describeObserver } from './observer.contract.ts';
import { describeRules } from './rules.contract.ts';

/**
 * Tests the promises of every strategy, on a real PostgreSQL with as many connections as the callers can use. The whole
 * ledger is audited after each test, so that a test checks only its own case.
 */
export function describeLedger(name: string, makeLedger: MakeLedger): void {
  describe(`ledger ${name}`, () => {
    let database: TestDatabase;
    const subject = {
      server: (place) => (place % 2 ? subject.ledger : subject.otherLedger),
    } as LedgerSubject;

    beforeAll(async () => {
      database = await openTestDatabase(16);
      subject.pool = database.pool;
      subject.otherPool = createPool({ connectionString: database.url, max: 16 });
      subject.ledger = await makeLedger({ pool: subject.pool, holdTtlMs: HOLD_TTL_MS });
      subject.otherLedger = await makeLedger({ pool: subject.otherPool, holdTtlMs: HOLD_TTL_MS });
    });

    afterAll(async () => {
      await subject.otherPool.end();
      await database.close();
    });

    afterEach(async () => {
      expect(await auditLedger(subject.pool)).toEqual([]);
    });

    describeHold(subject);
    describeRules(subject);
    describeExpiry(subject);
    describeConfirm(subject);
    describeCancel(subject);
    describeCrowds(subject);
    describeManySkus(subject);
    describeBaskets(subject);
    describeFaults(subject);
    describeObserver(subject, makeLedger);
  });
}
