/** The refusal: what the template asks for and the rehearsal cannot honour is named, never passed over in silence. */
import { visible } from './excerpt';

export class NotRehearsable extends Error {
  /** `subject` is the resource or alarm, `why` what cannot be honoured, `action` what the person should do. */
  constructor(
    readonly subject: string,
    readonly why: string,
    action: string,
  ) {
    super(visible(`${subject}: ${why}; ${action}`));
    this.name = 'NotRehearsable';
  }
}
