/** A cloud assembly as the rehearsal deploys it: with the ids that a recording of the rehearsal has in its dimensions. */
import { resolveResources } from '../../intrinsics';
import { rehearsalPlace } from '../../resources';
import type { AlarmTemplate, TemplateSource } from './read-alarm-templates';
import { readTypes } from './template-types';

/** The alarms of the assemblies; undefined where a source is no assembly, which no rehearsal deploys. @throws NotRehearsable */
export function readRehearsedTemplates(sources: readonly TemplateSource[]): AlarmTemplate | undefined {
  const assemblies = sources.flatMap((source) => (source.kind === 'assembly' ? [source.assembly] : []));
  if (assemblies.length < sources.length) return undefined;
  const all = assemblies.flatMap((assembly) => resolveResources(assembly, rehearsalPlace));
  return {
    resources: all.filter(({ type }) => readTypes.has(type)),
    place: rehearsalPlace,
    refused: [],
    notes: [],
  };
}
