import type { Evidence } from '../../../src/checkers/evidence.ts';
import { judge } from '../../../src/checkers/verdict.ts';
import { answersOnly } from '../../../src/history/manifest.ts';
import { copyOf } from '../../../src/history/operation.ts';
import { type AskedHistory, askPorcupine, type Opinion } from './ask-porcupine.ts';
import type { SharedHistory } from './histories.ts';

/** A history, with what Porcupine and the judge say of it. */
export interface Compared {
  history: SharedHistory;
  opinion: Opinion;
  /** True if the judge calls it invalid by the answers, or by all evidence. */
  foundByAnswers: boolean;
  found: boolean;
  /** The sentence about what the two cannot both be right in. */
  disagreement?: string;
}

/** Asks both about some histories. */
export async function compare(program: string, histories: SharedHistory[]): Promise<Compared[]> {
  const asked = histories.map(({ evidence }) => answersOf(evidence));
  const opinions = await askPorcupine(program, asked);
  return histories.map((history, place) => {
    const opinion = opinions[place] as Opinion;
    const accusers = accusersOf(asked[place] as AskedHistory);
    const foundByAnswers = accusers.length > 0;
    const found = foundByAnswers || accusersOf(history.evidence).length > 0;
    const says = disagreementOf(history, opinion, accusers, found);
    return { history, opinion, foundByAnswers, found, ...(says && { disagreement: says }) };
  });
}

/** The answers of a history, without the numbers by which its servers told the order of their movements. */
const answersOf = ({ sale, operations }: Evidence): AskedHistory => ({
  sale: { ...sale, evidence: answersOnly },
  operations: operations.map((operation) => {
    const { sequence: _, ...answer } = copyOf(operation);
    return answer;
  }),
});

const accusersOf = (evidence: Evidence): string[] =>
  judge(evidence).checks.flatMap(({ name, status, summary }) =>
    status === 'invalid' ? [`${name}: ${summary}`] : [],
  );

function disagreementOf(
  { name, evidence, isPossible }: SharedHistory,
  opinion: Opinion,
  accusers: string[],
  found: boolean,
): string | undefined {
  if (opinion === 'Illegal' && isPossible) return `Porcupine finds no order for the ${name}`;
  if (opinion === 'Illegal' && !found && evidence.ledger !== undefined) {
    return `Porcupine finds no order for the ${name}, and the judge finds nothing`;
  }
  if (opinion === 'Ok' && accusers.length > 0) {
    return `Porcupine finds an order for the ${name}, and the judge says: ${accusers.join('; ')}`;
  }
  return undefined;
}
