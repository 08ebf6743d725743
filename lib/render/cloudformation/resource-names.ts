/**
 * Names that stacks share instead of exports: an export cannot change while another stack reads it,
 * a name can be written on both sides.
 */
import { type Scope, scopeName } from '../../catalog/names';
import type { Config } from '../../config/config';

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

/**
 * The agent's parameter. The prefix is what AWS's own agent policy allows, and what people look for.
 */
export function agentParameterName(scope: Scope): string {
  return `AmazonCloudWatch-${scopeName(scope)}`;
}

/** Whether anything listens to the events topic; without it alarms go to people directly. */
export function isRemediated(config: Config): boolean {
  return config.remediation.mode !== 'off';
}
