/** What a file is, judged by its content: a CloudFormation template, a dump of describe-alarms, or something that cannot be used. */
import type { TemplateBody } from '../../assembly';
import { excerpt, excerptOf } from '../../excerpt';
import { JsonProblem, parseJsonDocuments } from './json-documents';
import { nestingProblem } from './nesting';
import { TemplateError } from './template-error';
import { parseYamlDocuments, YamlProblem } from './yaml-documents';

export type Fields = Readonly<Record<string, unknown>>;

/** The alarms of one answer of DescribeAlarms, as the API spells them. */
export interface AlarmPage {
  readonly metricAlarms: readonly Fields[];
  readonly compositeAlarms: readonly Fields[];
  readonly logAlarms: readonly Fields[];
}

export type Recognised =
  | { readonly kind: 'cloudformation'; readonly body: TemplateBody }
  | { readonly kind: 'describe-alarms'; readonly page: AlarmPage };

const wanted =
  'a CloudFormation template in JSON or YAML, a cloud assembly directory, or the output of aws cloudwatch describe-alarms';
const dumpInstead =
  'read the deployed alarms with aws cloudwatch describe-alarms > alarms.json, and give that file';

/** Everything the file holds. Throws TemplateError when it is broken, or of a kind that holds no alarms. */
export function recogniseFile(path: string, text: string): Recognised[] {
  if (isTerraformSource(path, text)) {
    throw new TemplateError(
      `template ${path}: it is not usable, got Terraform source, expected ${wanted}; ${dumpInstead}`,
    );
  }
  const documents = parse(path, text).filter((document) => document !== undefined && document !== null);
  if (documents.length === 0)
    throw new TemplateError(
      `template ${path}: it is empty, got nothing, expected ${wanted}; give a full file`,
    );
  const nesting = documents.map(nestingProblem).find((problem) => problem !== undefined);
  if (nesting !== undefined)
    throw new TemplateError(
      `template ${path}: it cannot be read to its end, got ${nesting}, expected values within values as CloudFormation takes them; correct the file`,
    );
  return documents.flatMap((document) => recognise(path, document));
}

/** HCL is neither JSON nor YAML; its name, or its first blocks, give it away. */
function isTerraformSource(path: string, text: string): boolean {
  if (/\.(tf|tfvars|hcl)$/i.test(path)) return true;
  return (
    /^(terraform\s*\{|(resource|module|provider)\s+")/m.test(text) && !/^\s*"?Resources"?\s*:/m.test(text)
  );
}

function parse(path: string, text: string): unknown[] {
  // A byte order mark, as editors on Windows leave it.
  const source = text.replace(/^\uFEFF/, '');
  const isJson = /^\s*[{[]/.test(source) && !/\.ya?ml$/i.test(path);
  try {
    return isJson ? parseJsonDocuments(source) : parseYamlDocuments(source);
  } catch (error) {
    if (!(error instanceof JsonProblem || error instanceof YamlProblem)) throw error;
    throw new TemplateError(`template ${path}: ${error.message}; correct the file`);
  }
}

function recognise(path: string, document: unknown): Recognised[] {
  if (Array.isArray(document)) return document.flatMap((item) => recogniseItem(path, item));
  if (isFields(document)) {
    const { Resources, TemplateBody } = document;
    if (isFields(Resources)) return [{ kind: 'cloudformation', body: checkedBody(path, document) }];
    // The answer of aws cloudformation get-template wraps what was deployed.
    if (typeof TemplateBody === 'string') return recogniseFile(path, TemplateBody);
    if (TemplateBody !== undefined) return recognise(path, TemplateBody);
    const pages = readPage(path, document);
    if (pages !== undefined) return [{ kind: 'describe-alarms', page: pages }];
  }
  throw unusable(path, document);
}

/** One page of several, or one alarm of a list that a query cut out. */
function recogniseItem(path: string, item: unknown): Recognised[] {
  if (!isFields(item)) throw unusable(path, item);
  if (!('AlarmName' in item)) return recognise(path, item);
  const kind = 'AlarmRule' in item ? 'compositeAlarms' : isLogAlarm(item) ? 'logAlarms' : 'metricAlarms';
  const none: AlarmPage = { metricAlarms: [], compositeAlarms: [], logAlarms: [] };
  return [{ kind: 'describe-alarms', page: { ...none, [kind]: [item] } }];
}

const isLogAlarm = (item: Fields): boolean => 'ScheduledQueryConfiguration' in item;

function readPage(path: string, document: Fields): AlarmPage | undefined {
  const lists = ['MetricAlarms', 'CompositeAlarms', 'LogAlarms'];
  if (!lists.some((list) => list in document)) return undefined;
  const [metricAlarms = [], compositeAlarms = [], logAlarms = []] = lists.map((list) => {
    const alarms = document[list] ?? [];
    if (Array.isArray(alarms) && alarms.every(isFields)) return alarms;
    throw new TemplateError(
      `template ${path}: ${list} cannot be read, got ${shown(alarms)}, expected a list of alarms; write the file with aws cloudwatch describe-alarms again`,
    );
  });
  return { metricAlarms, compositeAlarms, logAlarms };
}

const sections = ['Parameters', 'Mappings', 'Conditions', 'Outputs'];

function checkedBody(path: string, document: Fields): TemplateBody {
  for (const section of sections) {
    const value = document[section];
    if (value === undefined || isFields(value)) continue;
    throw new TemplateError(
      `template ${path}: ${section} cannot be read, got ${shown(value)}, expected an object; correct the file`,
    );
  }
  return document as TemplateBody;
}

function unusable(path: string, document: unknown): TemplateError {
  const subject = `template ${path}: it is not usable`;
  if (isFields(document)) {
    if ('terraform_version' in document || 'planned_values' in document || 'tfplan_version' in document) {
      const what = 'resource_changes' in document || 'planned_values' in document ? 'plan' : 'state';
      return new TemplateError(`${subject}, got a Terraform ${what}, expected ${wanted}; ${dumpInstead}`);
    }
    if ('artifacts' in document && 'version' in document) {
      return new TemplateError(
        `${subject}, got the manifest of a cloud assembly, expected ${wanted}; give its directory instead`,
      );
    }
  }
  return new TemplateError(`${subject}, got ${shown(document)}, expected ${wanted}; give such a file`);
}

/** Enough of a value to recognise one's own file by. */
function shown(value: unknown): string {
  if (!isFields(value)) return Array.isArray(value) ? 'a list' : excerptOf(value);
  const keys = Object.keys(value);
  return `an object with ${keys.slice(0, 5).map(excerpt).join(', ') || 'nothing'}${keys.length > 5 ? ', ...' : ''}`;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
