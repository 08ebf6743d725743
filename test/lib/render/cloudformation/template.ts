/** Synthesised templates as tests read them: the stacks of one stage, in this process, with stand-ins for the assets. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { cdkContext } from '../../../../bin/synthesise';
import { scopeName } from '../../../../lib/catalog/names';
import type { Config } from '../../../../lib/config/config';
import type { StageInput } from '../../../../lib/config/schema';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { composeStacks } from '../../../../lib/render/cloudformation/compose';
import { leastStage, sampleConfig } from '../../sample-config';

export type Json = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly Properties: Json;
  readonly Metadata?: Json;
  readonly DependsOn?: readonly string[];
  readonly CreationPolicy?: Json;
  readonly DeletionPolicy?: string;
}

export interface Template {
  /** Absent in a stack that is empty on purpose. */
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Outputs?: Json;
}

export type StackRole = 'observation' | 'host' | 'remediation';

export interface Synthesised {
  readonly config: Config;
  readonly templates: Readonly<Partial<Record<StackRole, Template>>>;
  /** The manifest and everything else the assembly says of itself, as text. */
  readonly manifest: string;
}

/** The shapes of deployment that the templates must be right in. */
export const variants = {
  nat: { remediation: { mode: 'on' } },
  endpoints: { remediation: { mode: 'dry-run' }, host: { network: { kind: 'endpoints' } } },
  existing: {
    remediation: { mode: 'on' },
    host: {
      clientCidrs: ['10.9.0.0/16'],
      network: {
        kind: 'existing',
        vpcId: 'vpc-0123456789abcdef0',
        vpcCidr: '10.1.0.0/16',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      },
    },
  },
  off: { remediation: { mode: 'off' } },
  balanced: {
    remediation: { mode: 'on' },
    host: { loadBalancer: { kind: 'internal' }, applicationStatusCheck: { enabled: true } },
  },
  arm64: {
    remediation: { mode: 'on' },
    host: { instanceType: 'm7g.large', architecture: 'arm64' },
    env: { account: '123456789012', region: 'eu-west-1' },
  },
} as const satisfies Readonly<Record<string, Partial<StageInput>>>;

export type Variant = keyof typeof variants;
export const variantNames = Object.keys(variants) as Variant[];

const made = new Map<Variant, Synthesised>();

/** One variant, synthesised once for all tests of a file. */
export function synthesised(variant: Variant): Synthesised {
  const known = made.get(variant);
  if (known !== undefined) return known;
  // Through JSON, because a setting of a person is mutable by type.
  const settings: Partial<StageInput> = JSON.parse(JSON.stringify(variants[variant]));
  const result = synthesiseConfig(sampleConfig({ ...leastStage, ...settings }));
  made.set(variant, result);
  return result;
}

/** Without validation, which takes ten times as long and has a test of its own. */
export function synthesiseConfig(config: Config): Synthesised {
  const work = mkdtempSync(join(tmpdir(), 'vigia-template-'));
  try {
    const app = new App({
      outdir: join(work, 'out'),
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
      context: { ...cdkContext(), '@aws-cdk/core:validateAgainstDefaultRules': false },
    });
    composeStacks(app, config, standInAssets(work), renderAgentConfig(config));
    const { directory } = app.synth();
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    const templates = Object.fromEntries(
      readdirSync(directory)
        .filter((name) => name.endsWith('.template.json'))
        .map((name) => [
          name.slice(scopeName(config).length + 1, -'.template.json'.length),
          JSON.parse(read(name)),
        ]),
    );
    return { config, templates, manifest: read('manifest.json') };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Directories with one file each, where the real ones hold a bundle and a native library. */
export function standInAssets(work: string): { functionDirectory: string; serviceDirectory: string } {
  const make = (name: string, file: string): string => {
    mkdirSync(join(work, name), { recursive: true });
    writeFileSync(join(work, name, file), '// stands in\n');
    return join(work, name);
  };
  return {
    functionDirectory: make('function', 'index.mjs'),
    serviceDirectory: make('service', 'server.js'),
  };
}

/** The template of one stack; it must be there. */
export function templateOf({ templates }: Synthesised, role: StackRole): Template {
  const template = templates[role];
  if (template === undefined) throw new Error(`stack ${role}: not synthesised`);
  return template;
}

/** Every template of the stage. */
export function templatesOf({ templates }: Synthesised): Template[] {
  return Object.values(templates);
}

export type Named = Resource & { readonly id: string };

/** All resources of one type, or of all types. */
export function resourcesOf(from: Synthesised | Template, type?: string): Named[] {
  const templates = 'templates' in from ? templatesOf(from) : [from];
  return templates.flatMap(({ Resources = {} }) =>
    Object.entries(Resources)
      .filter(([, resource]) => type === undefined || resource.Type === type)
      .map(([id, resource]) => ({ id, ...resource })),
  );
}

/** The one resource of a type; none or two are an error. */
export function onlyOne(from: Synthesised | Template, type: string): Named {
  const [first, ...others] = resourcesOf(from, type);
  if (first === undefined || others.length > 0) {
    throw new Error(`${type}: got ${first === undefined ? 0 : others.length + 1}, expected one`);
  }
  return first;
}

/** Intrinsic functions as readable text: `<AWS::Region>`, `<LogicalId>`, `<LogicalId.Arn>`. */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return `<${plain(argument)}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::Sub') return plain(argument).replace(/\$\{([^}]+)\}/g, '<$1>');
  if (name === 'Fn::Base64' || name === 'Service') return plain(argument);
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    return (argument[1] as unknown[]).map(plain).join(String(argument[0]));
  }
  throw new Error(`cannot be read as text: ${JSON.stringify(value).slice(0, 200)}`);
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Json>>;
}

/** The statements of a policy document, each with lists where the document may have single values. */
export function statementsOf(document: unknown): Statement[] {
  const { Statement: statements } = document as { Statement: Statement[] };
  const list = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined).map(plain);
  return statements.map((statement) => ({
    ...statement,
    Action: list(statement.Action),
    Resource: list(statement.Resource),
  }));
}

/** What an identity policy or role of this stack allows. */
export function allowedBy(from: Synthesised | Template): (Statement & { readonly policy: string })[] {
  return resourcesOf(from, 'AWS::IAM::Policy').flatMap(({ id, Properties }) =>
    statementsOf(Properties.PolicyDocument).map((statement) => ({ ...statement, policy: id })),
  );
}
