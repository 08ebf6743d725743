/** The rules of OpenMetrics 1.0 that a scraper depends on, checked line by line; written from the specification alone. */

export interface ReadExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atSeconds: number | undefined;
}

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar: ReadExemplar | undefined;
}

export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly ReadSample[];
}

/** What samples of a family may be called, by its type. */
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  info: ['_info'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
};

/** The specification counts the names and values of an exemplar's labels together. */
const maxExemplarCharacters = 128;

/** Every family of the text, or an error that names the broken rule. */
export function readOpenMetrics(text: string): ReadFamily[] {
  must(text.endsWith('# EOF\n'), 'the text ends with # EOF');
  const families: ReadFamily[] = [];
  let open: { name: string; type: string; unit: string; help: string; samples: ReadSample[] } | undefined;
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    must(line !== '', 'there is no empty line');
    const [, keyword, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined) {
      must(!line.startsWith('#'), `a comment is TYPE, UNIT or HELP: ${line}`);
      must(open !== undefined, 'a sample follows the descriptions of its family');
      open.samples.push(readSample(line));
      continue;
    }
    if (open?.name !== name) {
      must(!families.some((family) => family.name === name), `family ${name} stands in one piece`);
      must(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name), `${name} is a metric name`);
      open = { name, type: '', unit: '', help: '', samples: [] };
      families.push(open);
    }
    must(open.samples.length === 0, `descriptions of ${name} come before its samples`);
    if (keyword === 'TYPE') open.type = rest;
    if (keyword === 'UNIT') open.unit = rest;
    if (keyword === 'HELP') open.help = rest;
  }
  for (const family of families) check(family);
  return families;
}

function check({ name, type, unit, samples }: ReadFamily): void {
  const allowed = suffixes[type] ?? fail(`type ${type} of ${name} is one that the service uses`);
  must(unit === '' || name.endsWith(`_${unit}`), `${name} ends with its unit ${unit}`);
  const seen = new Set<string>();
  for (const sample of samples) {
    must(
      allowed.some((suffix) => sample.name === `${name}${suffix}`),
      `${sample.name} is called like a ${type}`,
    );
    const series = `${sample.name}${JSON.stringify(sample.labels)}`;
    must(!seen.has(series), `${series} stands once`);
    seen.add(series);
    if (type === 'counter') must(sample.value >= 0, `${sample.name} is not negative`);
    if (type === 'info') must(sample.value === 1, `${sample.name} is 1`);
    if (sample.exemplar !== undefined) {
      must(/_(bucket|total)$/.test(sample.name), 'only buckets and totals have exemplars');
      const characters = Object.entries(sample.exemplar.labels).flat().join('').length;
      must(characters <= maxExemplarCharacters, 'the labels of an exemplar have at most 128 characters');
    }
  }
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly ReadSample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => {
    const text = labels.le ?? fail(`each bucket of ${name} has a bound`);
    must(
      /^(\+Inf|\d+\.\d+(e[+-]\d+)?|\d+e[+-]\d+)$/.test(text),
      `bound ${text} of ${name} is a canonical number`,
    );
    return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
  });
  must(bounds.at(-1) === Number.POSITIVE_INFINITY, `the last bound of ${name} is +Inf`);
  for (const [index, { value, exemplar }] of buckets.entries()) {
    const below = bounds[index - 1] ?? Number.NEGATIVE_INFINITY;
    must((bounds[index] ?? 0) > below, `the bounds of ${name} ascend`);
    must(value >= (buckets[index - 1]?.value ?? 0), `the counts of ${name} never fall`);
    if (exemplar === undefined) continue;
    must(exemplar.value > below && exemplar.value <= (bounds[index] ?? 0), 'an exemplar lies in its bucket');
  }
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  must(count === buckets.at(-1)?.value, `${name}_count is the count of the last bucket`);
  must(
    samples.some((sample) => sample.name === `${name}_sum`),
    `${name} has a sum`,
  );
}

function readSample(line: string): ReadSample {
  const [, name = '', labels, value = '', exemplar] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? (\S+)(?: # (.+))?$/.exec(line) ??
    fail(`a line is a sample: ${line}`);
  return {
    name,
    labels: readLabels(labels ?? '{}'),
    value: readNumber(value),
    exemplar: readExemplar(exemplar),
  };
}

function readExemplar(text: string | undefined): ReadExemplar | undefined {
  if (text === undefined) return undefined;
  const [, labels = '', value = '', at] =
    /^(\{.*\}) (\S+)(?: (\S+))?$/.exec(text) ?? fail(`exemplar ${text} is labels, value, time`);
  return {
    labels: readLabels(labels),
    value: readNumber(value),
    atSeconds: at === undefined ? undefined : readNumber(at),
  };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text.slice(1, -1);
  while (rest !== '') {
    const [whole = '', name = '', value = ''] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ??
      fail(`labels ${text} are read`);
    must(!(name in labels), `label ${name} stands once`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function readNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  must(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text), `${text} is a number`);
  return Number(text);
}

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) fail(rule);
}

function fail(rule: string): never {
  throw new Error(`not valid OpenMetrics, expected that ${rule}`);
}
