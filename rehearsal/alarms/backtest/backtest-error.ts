/** What is wrong with a question to a backtest or an explanation: an option, a range, data that are not there. */
export class BacktestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BacktestError';
  }
}
