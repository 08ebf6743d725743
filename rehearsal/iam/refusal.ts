/** The words in which AWS refuses a delivery; people search the web for exactly these. */
import type { Verdict } from './policy';
import type { Delivery, Principal } from './types';

const nameOf = (principal: Principal): string =>
  'service' in principal ? principal.service : `role ${principal.role}`;

/** The failed delivery for a resource policy's verdict. */
export function refusal(
  principal: Principal,
  action: string,
  resource: string,
  verdict: Exclude<Verdict, 'allowed'>,
): Delivery & { ok: false } {
  const because =
    verdict === 'explicit-deny'
      ? 'with an explicit deny in a resource-based policy'
      : `because no resource-based policy allows the ${action} action`;
  return {
    ok: false,
    code: 'AuthorizationError',
    error: `User: ${nameOf(principal)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  };
}
