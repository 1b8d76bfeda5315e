/** Reads a page of metrics by the grammar of the Prometheus text format; a line outside of it is an error. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/g;
const COMMENT =
  /^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]* .+|TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram))$/;

/** All samples of a page, which has to end with a line feed. */
export function parseMetrics(page: string): readonly Sample[] {
  if (!page.endsWith('\n')) throw new Error('The page does not end with a line feed');
  const samples: Sample[] = [];
  for (const line of page.slice(0, -1).split('\n')) {
    if (line.startsWith('#')) {
      if (!COMMENT.test(line)) throw new Error(`Not a comment of the format: ${line}`);
      continue;
    }
    samples.push(parseSample(line));
  }
  return samples;
}

/** The sum over all samples of a metric whose labels have the given values. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, sample) => sum + sample.value, 0);
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  const value = match?.[3] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match?.[3]);
  if (match === null || Number.isNaN(value)) throw new Error(`Not a sample: ${line}`);
  const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, label, text]) => [label!, text!] as const);
  return { name: match[1]!, labels: Object.fromEntries(labels), value };
}
