/** What keeps the service from starting and is not its own doing; one line for a person. */
export class StartError extends Error {}

/** A port that cannot be had. */
export function portTaken(bind: string, port: number, error: unknown): StartError {
  const reason = error instanceof Error ? error.message : error;
  return new StartError(`${bind} port ${port}: cannot be listened on (${reason}); free it or choose another`);
}
