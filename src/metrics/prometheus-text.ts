/** One sample of the Prometheus text format. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/**
 * Reads the Prometheus text format (0.0.4, and what OpenMetrics adds to a line): every sample in order, histograms as
 * their `_bucket`, `_sum` and `_count` samples. Comments, timestamps and exemplars are left out.
 *
 * @param isNeeded tells which lines are read; the others are skipped as they are
 * @throws naming the line that is not of the format
 */
export function parsePrometheusText(
  text: string,
  isNeeded: (line: string) => boolean = () => true,
): MetricSample[] {
  const samples: MetricSample[] = [];
  let lineNumber = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end).trim();
    from = end < 0 ? text.length + 1 : end + 1;
    lineNumber++;
    if (line === '' || line.startsWith('#') || !isNeeded(line)) continue;
    const sample = parseSample(line);
    if (sample === undefined)
      throw new Error(`metrics line ${lineNumber} is not a sample: ${line}`);
    samples.push(sample);
  }
  return samples;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"([^"\\]*(?:\\.[^"\\]*)*)"\s*(,|(?=\}))/y;
/** A value, then perhaps a timestamp, then perhaps an exemplar. */
const VALUE = /\s*(\S+)(?:\s+-?[\d.]+)?(?:\s+#.*)?$/y;

function parseSample(line: string): MetricSample | undefined {
  const name = matchAt(NAME, line, 0)?.[0];
  if (name === undefined) return undefined;
  const labels: Record<string, string> = {};
  let at = name.length;
  while (line[at] === ' ' || line[at] === '\t') at++;

  if (line[at] === '{') {
    at++;
    for (let label = matchAt(LABEL, line, at); label; label = matchAt(LABEL, line, at)) {
      labels[label[1] as string] = unescapeLabel(label[2] as string);
      at += label[0].length;
    }
    while (line[at] === ' ') at++;
    if (line[at] !== '}') return undefined;
    at++;
  } else if (at === name.length) {
    return undefined;
  }

  const value = parseValue(matchAt(VALUE, line, at)?.[1]);
  return value === undefined ? undefined : { name, labels, value };
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

const ESCAPES: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Replaces the escapes in a label's value. Any other escape is kept as it is, as in Prometheus. */
const unescapeLabel = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\[\s\S]/g, (pair) => ESCAPES[pair] ?? pair) : text;

function parseValue(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const special = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
