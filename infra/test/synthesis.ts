// Builds the stacks as a deployment would, without built functions, and reads the templates.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { FunctionDeclaration, Manifest } from '../lib/manifest.ts';
import { readSettings } from '../lib/settings.ts';
import { addStacks } from '../lib/stacks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'infra-test-'));
process.on('exit', () => { rmSync(scratch, { recursive: true }); });

/** A template is JSON without a type; what a test reads of it, it compares. */
export type Json = any;

export interface Resource {
  readonly id: string;
  readonly stack: string;
  readonly properties: Json;
}

export class Synthesis {
  readonly manifest: Manifest;
  readonly app: App;
  /** Template by stack name. */
  readonly templates: ReadonlyMap<string, Json>;
  /** The stacks that each stack waits for. */
  readonly dependencies: ReadonlyMap<string, string[]>;

  constructor(manifest: Manifest, settings: Record<string, string> = {}) {
    this.manifest = manifest;
    this.app = app(manifest, settings);
    const { stacks } = this.app.synth();
    this.templates = new Map(stacks.map((stack) => [stack.stackName, stack.template]));
    this.dependencies = new Map(stacks.map((stack) => [
      stack.stackName,
      stack.dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')),
    ]));
  }

  all(type: string): Resource[] {
    return [...this.templates].flatMap(([stack, template]) =>
      Object.entries<Json>(template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({ id, stack, properties: resource.Properties })));
  }

  /** The one resource of a type with this name, e.g. ('AWS::SQS::Queue', 'QueueName', 'yarmarka-mark-reserved'). */
  one(type: string, property: string, value: string): Resource {
    return only(this.all(type).filter(({ properties }) => properties[property] === value), `${type} ${value}`);
  }

  /** The issuer whose tokens the API takes. */
  get issuer(): string {
    return text(only(this.all('AWS::ApiGatewayV2::Authorizer'), 'authorizer').properties.JwtConfiguration.Issuer);
  }

  functionOf(name: string): Resource {
    return this.one('AWS::Lambda::Function', 'FunctionName', `yarmarka-${name}`);
  }

  queueOf(name: string): Resource {
    return this.one('AWS::SQS::Queue', 'QueueName', `yarmarka-${name}`);
  }

  /** The names of the functions with a trigger of one of these kinds. */
  triggeredBy(...kinds: string[]): string[] {
    return this.manifest.functions.filter(({ trigger }) => kinds.includes(trigger.kind)).map(({ name }) => name);
  }

  /** What the manifest says of each function, and as what it is deployed. */
  deployed(): { declared: FunctionDeclaration; resource: Resource; variables: Json }[] {
    return this.manifest.functions.map((declared) => {
      const resource = this.functionOf(declared.name);
      return { declared, resource, variables: resource.properties.Environment.Variables };
    });
  }

  /** The one event source mapping of a function. */
  mappingOf(name: string): Resource {
    const { id, stack } = this.functionOf(name);
    return only(this.all('AWS::Lambda::EventSourceMapping').filter((mapping) =>
      mapping.stack === stack && text(mapping.properties.FunctionName) === `<${id}>`), `mapping of ${name}`);
  }

  /** The name of the queue that a reference or a redrive policy in this stack leads to. */
  queueAt(stack: string, arn: Json): string {
    return only(this.all('AWS::SQS::Queue').filter((queue) => queue.stack === stack && text(arn) === `<${queue.id}.Arn>`),
      text(arn)).properties.QueueName as string;
  }

  /** The statements of the policies on a queue. */
  statementsOn({ stack, id }: Resource): Json[] {
    return this.all('AWS::SQS::QueuePolicy')
      .filter((policy) => policy.stack === stack && policy.properties.Queues.map(text).includes(`<${id}>`))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement as Json[]);
  }

  /** The alarms on a metric of what is called so: `['Errors', '<placeorderFunction>']`. */
  alarmsOn(metric: string, stack: string, dimension: string): Resource[] {
    return this.all('AWS::CloudWatch::Alarm').filter(({ stack: where, properties }) =>
      where === stack && properties.MetricName === metric && text(properties.Dimensions[0].Value) === dimension);
  }
}

export function only<T>(found: readonly T[], what: string): T {
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${String(found.length)} for ${what}, expected one`);
  }
  return first;
}

/** The stacks, not yet synthesised, in the default setting but for what is given. */
export function app(manifest: Manifest, settings: Record<string, string> = {}): App {
  process.env['FUNCTIONS_DIR'] = dummyFunctions(manifest);
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
  const built = new App({
    outdir: mkdtempSync(join(scratch, 'cdk-out-')),
    context: { ...context, 'mail-from': 'Yarmarka <shop@shop.example>', ...settings },
  });
  addStacks(built, manifest, readSettings(built.node));
  return built;
}

function dummyFunctions(manifest: Manifest): string {
  const directory = mkdtempSync(join(scratch, 'functions-'));
  for (const { name } of manifest.functions) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'bootstrap'), name);
  }
  return directory;
}

/** A template value as one text: references as `<Id>` or `<Id.Attribute>`, joins joined. */
export function text(value: Json): string {
  if (typeof value === 'string') {
    return value;
  }
  const [intrinsic, argument] = Object.entries<Json>(value)[0] ?? [];
  switch (intrinsic) {
    case 'Ref':
      return `<${argument as string}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::Join':
      return (argument[1] as Json[]).map(text).join(argument[0] as string);
    case 'Fn::ImportValue':
      return `<import ${argument as string}>`;
    default:
      throw new Error(`not a text: ${JSON.stringify(value)}`);
  }
}
