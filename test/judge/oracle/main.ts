import { parseArgs } from 'node:util';
import { narrate } from './narration.ts';
import { seedOf } from './random.ts';
import { createTally } from './tally.ts';
import { type Trial, tryHistory, tryLongHistory } from './trial.ts';

/** Compares the judge with the oracle over many small histories. Exits with 1 when the judge raised a false alarm. */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** The seed of one history, which is told as a story. */
    only: { type: 'string' },
    /** Look for false alarms only, which is faster: the judge is not asked about impossible histories. */
    'alarms-only': { type: 'boolean', default: false },
    /** Long histories of a correct shop, which need no search. */
    long: { type: 'boolean', default: false },
    /** Tell this many of the histories that the judge misses, for each reason. */
    missed: { type: 'string', default: '0' },
  },
});
const MISTAKES_TOLD = 20;
const PROGRESS_EVERY_MS = 10_000;

/** The missed histories of each reason so far. */
const told = new Map<string, number>();

const say = (...lines: string[]): boolean => process.stdout.write(`${lines.join('\n')}\n`);

if (values.only === undefined) prove(Number(values.histories), Number(values.seed));
else tell(Number(values.only));

function prove(histories: number, seed: number): void {
  const alarmsOnly = values['alarms-only'];
  say(`${histories} ${values.long ? 'long' : 'small'} histories of seed ${seed}`);
  const tally = createTally();
  const begunAtMs = Date.now();
  let mistakes = 0;
  let toldAtMs = begunAtMs;
  for (let index = 0; index < histories; index++) {
    const own = seedOf(seed, index);
    const trial = values.long ? tryLongHistory(own) : tryHistory(own, alarmsOnly);
    const reason = tally.add(trial, alarmsOnly);
    if (reason !== undefined && !trial.isCaught) tellMissed(own, reason, trial);
    if (trial.mistake !== undefined) {
      mistakes += 1;
      if (mistakes <= MISTAKES_TOLD) say('', `History ${own}. ${trial.mistake.join('\n')}`, '');
    }
    if (Date.now() - toldAtMs > PROGRESS_EVERY_MS) {
      toldAtMs = Date.now();
      const seconds = Math.round((toldAtMs - begunAtMs) / 1_000);
      say(`${index + 1} of ${histories} after ${seconds} s, ${mistakes} mistakes`);
    }
  }
  say('', ...tally.summary(), `${mistakes} mistakes`);
  if (!alarmsOnly) say('', ...tally.table());
  if (mistakes > 0) process.exitCode = 1;
}

function tellMissed(seed: number, reason: string, { history }: Trial): void {
  const before = told.get(reason) ?? 0;
  told.set(reason, before + 1);
  if (before >= Number(values.missed)) return;
  say('', `History ${seed} is missed: ${reason}.`, ...narrate(history.sale, history.operations));
}

function tell(seed: number): void {
  const { oracle, isCaught, history, mistake } = values.long
    ? tryLongHistory(seed)
    : tryHistory(seed);
  say(
    `History ${seed} is ${oracle}; the judge ${isCaught ? 'calls' : 'does not call'} its answers invalid.`,
  );
  say(...(mistake ?? narrate(history.sale, history.operations)));
}
