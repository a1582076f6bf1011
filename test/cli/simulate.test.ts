import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VerdictDocument } from '../../src/report/run-document.ts';
import { until } from '../until.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

const simulate = async (...args: string[]) => {
  const { stdout, stderr, code } = await place.run(['simulate', ...args]);
  expect(stderr).toBe('');
  return { stdout, code };
};

it('C.8 judges a correct sale in virtual time, and its recorded history in the same way', async () => {
  const { stdout, code } = await simulate('--buyers', '500', '--history', 'sale.ndjson', '--json');
  const told = VerdictDocument.parse(JSON.parse(stdout)).verdict;
  expect({ code, status: told.status }).toEqual({ code: 0, status: 'valid' });
  expect(existsSync(join(place.folder, 'sale.ndjson'))).toBe(true);
  const verified = await place.run(['verify', 'sale.ndjson', '--json']);
  expect(JSON.parse(verified.stdout).verdict).toEqual(told);
});

it('C.8 makes the mistake that is named, and shows the witness against it', async () => {
  const { stdout, code } = await simulate('--bug', 'double-redemption', '--seed', '3');
  expect(code).toBe(10);
  expect(stdout).toMatch(/^double-redemption did harm \d+ times in this sale/);
  expect(stdout).toContain('✗ single-redemption');
  expect(stdout).toContain('✗ INVALID');
});

it('C.8 names the command that makes one of many sales again', async () => {
  const flags = ['--bug', 'uncounted', '--buyers', '2', '--loss', '7'];
  const { stdout, code } = await simulate('--sales', '40', '--seed', '5', ...flags);
  const [, again = ''] = /look at one: flashsale-cli (.*)/.exec(stdout) ?? [];
  expect(again).toMatch(/^simulate --sales 1 --seed \d+ --bug uncounted --buyers 2 --loss 7$/);
  expect(code).toBe(12);
  const one = await place.run(again.split(' '));
  expect(one.stdout).not.toContain('INVALID');
});

it('C.8 judges many sales, the same ones for the same seed', async () => {
  const many = async (...args: string[]) =>
    JSON.parse((await simulate('--sales', '25', '--json', ...args)).stdout);
  const correct = await many();
  expect(correct).toMatchObject({ bug: null, fromSeed: 1, sales: 25, invalid: [], missed: [] });
  expect(correct.counts.valid).toBeGreaterThan(0);
  expect(await many()).toEqual(correct);
  const broken = await many('--bug', 'phantom', '--seed', '7');
  expect(broken).toMatchObject({ bug: 'phantom', fromSeed: 7, missed: [] });
  expect(broken.invalid.length).toBeGreaterThan(20);
});

it('C.8 tells of the sales until then when it is interrupted', async () => {
  const cli = place.start(['simulate', '--sales', '1000000', '--json']);
  // Node itself has handlers for SIGINT, and none for SIGHUP.
  await until(() => hears(cli.process.pid as number, constants.signals.SIGHUP));
  cli.process.kill('SIGINT');
  const { code, stdout } = await cli.ended;
  expect(code).toBe(130);
  const { sales, counts } = JSON.parse(stdout);
  expect(sales).toBeLessThan(1_000_000);
  expect(Object.values<number>(counts).reduce((sum, times) => sum + times, 0)).toBe(sales);
});

/** True if a process has a handler for a signal, by Linux's list of those it catches. */
function hears(pid: number, signal: number): boolean {
  const [, caught = '0'] =
    /SigCgt:\s*(\w+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
