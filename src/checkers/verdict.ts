import { rootMessage } from '../kernel/errors.ts';
import { count } from '../kernel/wording.ts';
import { basisOf } from './basis.ts';
import type { Checker, CheckResult } from './checker.ts';
import { checkers as allCheckers } from './checks/registry.ts';
import { countedResults } from './counted.ts';
import type { Evidence } from './evidence.ts';
import {
  type EvidenceKind,
  findGaps,
  type Gap,
  isPromised,
  NAME_OF_EVIDENCE,
  withoutGaps,
} from './gaps.ts';
import { invariantResults } from './invariants.ts';
import { notesOf } from './notes.ts';
import { attribute } from './reading/attribution.ts';
import { deletesHolds } from './reading/deleted-holds.ts';
import { reasonsForInconclusive } from './vacuity.ts';

export type VerdictStatus = 'valid' | 'invalid' | 'unknown' | 'inconclusive';

export interface Verdict {
  status: VerdictStatus;
  /** The verdict in one sentence. */
  sentence: string;
  checks: CheckResult[];
  /** The evidence that the verdict rests on, and what nobody could see, in one sentence. */
  basis: string;
  /** Things that a reader should know and that are evidence of nothing, one sentence each. */
  notes?: string[];
  /** Evidence that was promised, and is missing, short, doubled or cut; one sentence each. */
  missing: string[];
  /** Reasons why a run in which nothing wrong was found could not have shown it. Empty when it could. */
  inconclusiveBecause: string[];
}

/**
 * Reaches the verdict over a run. One invalid check makes it `invalid`, whatever the others are; else one unknown check, or
 * evidence that was promised and is missing, makes it `unknown`. A run in which nothing is wrong is `valid` only if it could
 * have shown an oversell: see `reasonsForInconclusive`.
 */
export function judge(evidence: Evidence, checkers: readonly Checker[] = allCheckers): Verdict {
  const checks = [
    ...examineAll(checkers, evidence),
    ...invariantResults(evidence),
    ...countedResults(evidence),
  ];
  const missing = [...new Set(findGaps(evidence).map(({ what }) => what))];
  const sound = attribute(withoutGaps(evidence));
  const { merged } = evidence;
  const likely = merged && { ...evidence, operations: merged.asLikely };
  const inconclusiveBecause = reasonsForInconclusive(
    likely === undefined ? sound : attribute(withoutGaps(likely)),
  );
  const notes = [...notesOf(sound), ...(merged?.notes ?? [])];
  if (checks.every(({ status }) => status === 'skipped')) {
    inconclusiveBecause.push('none of the checks had the evidence it needs');
  }
  const conclusion = conclude(checks, missing, inconclusiveBecause, evidence.operations.length);
  return { ...conclusion, checks, basis: basisOf(evidence), notes, missing, inconclusiveBecause };
}

function conclude(
  checks: CheckResult[],
  [firstMissing]: string[],
  [firstDoubt]: string[],
  operations: number,
): Pick<Verdict, 'status' | 'sentence'> {
  const having = (status: CheckResult['status']): CheckResult[] =>
    checks.filter((check) => check.status === status);
  const broken = having('invalid');
  if (broken.length > 0) {
    return {
      status: 'invalid',
      sentence: `Invalid: ${listNames(broken)} ${broken.length === 1 ? 'is' : 'are'} broken; ${broken[0]?.summary}.`,
    };
  }
  if (firstMissing !== undefined) {
    return {
      status: 'unknown',
      sentence: `Unknown: evidence that was promised is missing; ${firstMissing}.`,
    };
  }
  const open = having('unknown');
  if (open.length > 0) {
    return {
      status: 'unknown',
      sentence: `Unknown: ${listNames(open)} cannot be decided; ${open[0]?.summary}.`,
    };
  }
  if (firstDoubt !== undefined) {
    return {
      status: 'inconclusive',
      sentence: `Inconclusive: nothing wrong was found, but this run could not have found it; ${firstDoubt}.`,
    };
  }
  const skipped = having('skipped').length;
  return {
    status: 'valid',
    sentence:
      `Valid: ${count(having('valid').length, 'check')} found nothing wrong in ${count(operations, 'operation')}` +
      `${skipped > 0 ? `; ${count(skipped, 'check')} skipped, because this sale or this target has nothing for them` : ''}.`,
  };
}

const listNames = (checks: CheckResult[]): string =>
  new Intl.ListFormat('en').format(checks.map(({ name }) => name));

/** Makes all checks, those of last resort after the others. The results are in the order of the checks. */
function examineAll(checkers: readonly Checker[], evidence: Evidence): CheckResult[] {
  const others = checkers.filter(({ isLastResort }) => !isLastResort);
  const results = new Map(others.map((checker) => [checker, examine(checker, evidence)]));
  const isBroken = [...results.values()].some(({ status }) => status === 'invalid');
  return checkers.map(
    (checker) => results.get(checker) ?? examineLast(checker, evidence, isBroken),
  );
}

function examineLast(checker: Checker, evidence: Evidence, isBroken: boolean): CheckResult {
  if (!isBroken) return examine(checker, evidence);
  return { name: checker.name, status: 'skipped', summary: 'another check names what is wrong' };
}

/** Makes one check, if the evidence has all that it needs. A check that throws is `unknown`. */
export function examine(
  { name, needs, needsOneOf = [], check }: Checker,
  evidence: Evidence,
): CheckResult {
  const sound = attribute(withoutGaps(evidence));
  const absent = needs.find((kind) => !isPromised(kind, evidence) && !isPromised(kind, sound));
  if (absent !== undefined) {
    const summary = `the target does not give ${NAME_OF_EVIDENCE[absent]}`;
    return { name, status: 'skipped', summary };
  }
  const isGiven = (kind: EvidenceKind): boolean => isPromised(kind, evidence);
  if (needsOneOf.length > 0 && !needsOneOf.some(isGiven)) {
    const names = needsOneOf.map((kind) => NAME_OF_EVIDENCE[kind]);
    return { name, status: 'skipped', summary: `the target does not give ${names.join(' or ')}` };
  }
  const needed: readonly Gap['kind'][] = needsOneOf.some((kind) => isPromised(kind, sound))
    ? needs
    : [...needs, ...needsOneOf];
  const gap = findGaps(evidence).find(({ kind }) => kind === undefined || needed.includes(kind));
  if (gap !== undefined) return { name, status: 'missing', summary: gap.what };
  if (deletesHolds(withoutGaps(evidence)) && [...needs, ...needsOneOf].includes('reservation')) {
    const isLeft = needsOneOf.some((kind) => isPromised(kind, sound));
    if (needs.includes('reservation') || !isLeft) {
      const summary = 'the shop keeps only rows of holds that are not over';
      return { name, status: 'skipped', summary };
    }
  }
  if (
    needs.some((kind) => !isPromised(kind, sound)) ||
    (needsOneOf.length > 0 && !needsOneOf.some((kind) => isPromised(kind, sound)))
  ) {
    const summary = 'the final ledger is not whole, so none of its rows can be trusted';
    return { name, status: 'missing', summary };
  }
  try {
    return { name, ...check(sound) };
  } catch (error) {
    return { name, status: 'unknown', summary: `the check itself failed: ${rootMessage(error)}` };
  }
}
