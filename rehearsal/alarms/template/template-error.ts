/** What is wrong with the template files themselves, or with the way they are given; told without a stack trace. */
import { visibleLines } from '../../excerpt';

export class TemplateError extends Error {
  constructor(message: string) {
    super(visibleLines(message));
    this.name = 'TemplateError';
  }
}
