/** What is wrong with the template files themselves, or with the way they are given; told without a stack trace. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}
