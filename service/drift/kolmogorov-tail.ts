/**
 * The distribution of the one-sample statistic of Kolmogorov and Smirnov, as Simard and L'Ecuyer (2011) advise: Pelz and
 * Good's expansion (1976) in the middle, twice Smirnov's one-sided sum in the tail.
 */

/** Above this n*d^2 the two-sided probability is twice the one-sided one to six digits. */
const tailFrom = 2.2;
/** Beyond it the probability is smaller than any number that a double can hold. */
const nothingFrom = 370;

/** Probability that `n` values of the assumed distribution lie at least `distance` away from it. */
export function kolmogorovTail(n: number, distance: number): number {
  if (distance >= 1) return 0;
  if (distance <= 0.5 / n) return 1;
  const spread = n * distance * distance;
  if (spread >= nothingFrom) return 0;
  if (spread >= tailFrom || distance >= 0.5) return Math.min(1, 2 * smirnovTail(n, distance));
  return Math.min(1, Math.max(0, 1 - pelzGood(n, distance)));
}

/** d * sum of C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j): Birnbaum and Tingey 1951, every term positive. */
function smirnovTail(n: number, distance: number): number {
  let logChoices = 0;
  let sum = 0;
  for (let j = 0; j <= n * (1 - distance); j++) {
    const before = distance + j / n;
    const rest = 1 - before;
    if (rest > 0) sum += Math.exp(logChoices + (j - 1) * Math.log(before) + (n - j) * Math.log(rest));
    else if (j === n) sum += Math.exp((j - 1) * Math.log(before));
    logChoices += Math.log((n - j) / (j + 1));
  }
  return distance * sum;
}

const { PI } = Math;
const PI2 = PI ** 2;
const PI4 = PI ** 4;
const PI6 = PI ** 6;

/** Probability of a smaller distance: four terms in powers of 1/sqrt(n), each a quickly ending theta series. */
function pelzGood(n: number, distance: number): number {
  const z = Math.sqrt(n) * distance;
  const z2 = z ** 2;
  const z4 = z ** 4;
  const z6 = z ** 6;
  const z8 = z ** 8;
  /** Past this many terms nothing is added that a double could hold. */
  const terms = Math.ceil((16 * z) / PI);
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  for (let k = 1; k <= terms; k++) {
    const m2 = (2 * k - 1) ** 2;
    const m4 = m2 * m2;
    const weight = Math.exp((-PI2 * m2) / (8 * z2));
    k0 += weight;
    k1 += weight * ((PI2 / 4) * m2 - z2);
    k2 +=
      weight * (6 * z6 + 2 * z4 + ((PI2 * (2 * z4 - 5 * z2)) / 4) * m2 + ((PI4 * (1 - 2 * z2)) / 16) * m4);
    k3 +=
      weight *
      (-30 * z6 -
        90 * z8 +
        ((PI2 * (135 * z4 - 96 * z6)) / 4) * m2 +
        ((PI4 * (212 * z4 - 60 * z2)) / 16) * m4 +
        ((PI6 * (5 - 30 * z2)) / 64) * m4 * m2);
  }
  let even2 = 0;
  let even3 = 0;
  for (let k = 1; k <= terms; k++) {
    const k_2 = k * k;
    const weight = Math.exp((-PI2 * k_2) / (2 * z2));
    even2 += weight * k_2;
    even3 += weight * k_2 * (3 * z2 - PI2 * k_2);
  }
  const root = Math.sqrt(2 * PI);
  return (
    root *
    (k0 / z +
      k1 / (6 * z4 * Math.sqrt(n)) +
      (k2 / (72 * z ** 7) - (PI2 * even2) / (36 * z ** 3)) / n +
      (k3 / (6480 * z ** 10) + (PI2 * even3) / (216 * z6)) / n ** 1.5)
  );
}
