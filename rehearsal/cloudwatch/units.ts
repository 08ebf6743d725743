/** The units that CloudWatch knows: another one is refused in a metric and in an alarm. */

const sizes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'];
const bits = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'];
const amounts = [...sizes, ...bits];

export const units: readonly string[] = [
  ...['Seconds', 'Microseconds', 'Milliseconds'],
  ...amounts,
  ...['Percent', 'Count'],
  ...amounts.map((amount) => `${amount}/Second`),
  ...['Count/Second', 'None'],
];

/** How errors name them without filling the screen. */
export const unitExamples = 'a unit of CloudWatch, as Count, Milliseconds, Percent or Bytes/Second';
