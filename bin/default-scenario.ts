/** The scenario that `npm start` rehearses: the one that shows the whole loop closing. */

export const defaultScenario = 'error-burst';
