/** The chi-square distribution, and the test of two samples by category. */
import { type Counts, total } from './counts';

/** Expected rows in a cell, below which the test's approximation is poor; such categories are judged together. */
const leastExpected = 5;

/**
 * Probability that chance alone makes two samples of one population at least this different (Pearson's test, without
 * correction). Categories too rare for the test are judged as one.
 */
export function chiSquareTest(reference: Counts, current: Counts): { statistic: number; pValue: number } {
  const referenceTotal = total(reference);
  const currentTotal = total(current);
  const everything = referenceTotal + currentTotal;
  if (referenceTotal === 0 || currentTotal === 0) return { statistic: 0, pValue: 1 };
  const smaller = Math.min(referenceTotal, currentTotal);
  let statistic = 0;
  let cells = 0;
  const judge = (before: number, now: number): void => {
    const both = before + now;
    if (both === 0) return;
    const expectedBefore = (both * referenceTotal) / everything;
    const expectedNow = (both * currentTotal) / everything;
    statistic += (before - expectedBefore) ** 2 / expectedBefore + (now - expectedNow) ** 2 / expectedNow;
    cells += 1;
  };
  let rareBefore = 0;
  let rareNow = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const before = reference[bin] ?? 0;
    const now = current[bin] ?? 0;
    if (((before + now) * smaller) / everything >= leastExpected) judge(before, now);
    else {
      rareBefore += before;
      rareNow += now;
    }
  }
  judge(rareBefore, rareNow);
  return { statistic, pValue: cells < 2 ? 1 : chiSquareTail(statistic, cells - 1) };
}

/** Probability of a value above `x`. */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  return upperGamma(degrees / 2, x / 2);
}

/** The value that is not exceeded with this probability; by halving, for it is asked once a comparison. */
export function chiSquareQuantile(probability: number, degrees: number): number {
  let low = 0;
  let high = degrees + 1;
  while (chiSquareTail(high, degrees) > 1 - probability) high *= 2;
  // Sixty halvings use up all the digits there are.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (chiSquareTail(middle, degrees) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Terms until the sums below stand still; they need about the square root of their argument. */
const mostTerms = 10_000;
const precision = 1e-16;

/** The regularised upper incomplete gamma function: a series left of its hump, a continued fraction (Lentz) right of it. */
function upperGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < mostTerms && term > sum * precision; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < mostTerms; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / nonZero(step * d + b, tiny);
    c = nonZero(b + step / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < precision) break;
  }
  return front * fraction;
}

const nonZero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value);

/** Lanczos's coefficients for g = 7 with nine terms: fifteen digits. */
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

function logGamma(value: number): number {
  const x = value - 1;
  let sum = lanczos[0] ?? 0;
  for (let index = 1; index < lanczos.length; index++) sum += (lanczos[index] ?? 0) / (x + index);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
