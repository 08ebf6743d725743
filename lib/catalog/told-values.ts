/** How many values of a distribution the service tells CloudWatch: its recorder tells so many, the cost sheet counts them. */

/**
 * Latencies told for each second of a busy window. For a p99 within 1 % over ten seconds, ranks must be right to 0.01 % of
 * all samples where the tail is heavy (Pareto, exponent 1.5: 1 % of the value is 0.015 % of the ranks): ten thousand values.
 */
export const latenciesPerSecond = 1000;

/** Confidences lie between 0 and 1 and have no tail: 0.2 % of the ranks are below 1 % of the value. */
export const confidencesPerSecond = 50;

/** The embedded metric format's own limit for the values of one metric in one line. */
export const valuesPerLine = 100;
