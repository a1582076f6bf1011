import type { K6Module } from '../module.ts';
import { humanizeValue } from './humanize-value.ts';
import { jUnit } from './junit.ts';
import { textSummary } from './text-summary.ts';

/** `https://jslib.k6.io/k6-summary/…`, built in: formats the data of `handleSummary` as text and as a JUnit report. */
export const k6SummaryModule: K6Module = () => ({ humanizeValue, jUnit, textSummary });
