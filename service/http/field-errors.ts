/** What is wrong with a body, field by field, in one problem: a caller then corrects all of it at once. */
import { type FieldError, ProblemError } from './problems';

/** More errors than a person reads at once; the first ones nearly always explain the rest. */
export const maxErrors = 20;

/** A caller's own name for a member may be as long as the body; more of it than this helps nobody. */
const maxNameCharacters = 100;

/** A JSON pointer as a URI fragment; `~` and `/` have to be escaped in it. */
export const pointerTo = (...path: readonly (string | number)[]): string =>
  ['#', ...path.map((part) => escaped(String(part)))].join('/');

const escaped = (part: string): string =>
  (part.length > maxNameCharacters ? `${part.slice(0, maxNameCharacters)}…` : part)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1');

/**
 * The answer to such a body.
 * @param errors one at least
 * @param consequence what became of the request, where that is not plain
 */
export function bodyProblem(errors: readonly FieldError[], consequence?: string): ProblemError {
  const [first] = errors;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
  const end = consequence === undefined ? '' : `; ${consequence}`;
  return new ProblemError({
    status: 400,
    detail: `${first?.pointer}: ${first?.detail}${more}${end}`,
    errors: errors.slice(0, maxErrors),
  });
}
