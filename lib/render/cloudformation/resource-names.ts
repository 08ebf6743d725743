/**
 * Names that stacks share instead of exports: an export cannot change while another stack reads it,
 * a name can be written on both sides.
 */
import { type Scope, scopeName } from '../../catalog/names';

export { isRemediated } from '../../catalog/remediation';

export type Audience = 'page' | 'ticket' | 'events';

/** Topics people (page, ticket) and the remediation (events) listen to. */
export function topicName(scope: Scope, audience: Audience): string {
  return `${scopeName(scope)}-${audience}`;
}

export function topicKeyAlias(scope: Scope): string {
  return `alias/vigia/${scopeName(scope)}`;
}

/** The tag that a command is aimed at: it survives a replaced host, an instance id does not. */
export const hostTagKey = 'VigiaHost';

export function documentName(scope: Scope, document: string): string {
  return `${scopeName(scope)}-${document}`;
}

export function functionName(scope: Scope): string {
  return `${scopeName(scope)}-remediation`;
}

/** What the host's configuration is kept under: one folder a revision, and `revision`, which names the one that holds. */
export function hostParameterPath(scope: Scope): string {
  return `/vigia/${scopeName(scope)}/host`;
}
