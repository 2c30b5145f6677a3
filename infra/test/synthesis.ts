// Builds the stacks as a deployment would, without built functions, and reads the templates.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Manifest } from '../lib/manifest.ts';
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
  readonly app: App;
  /** Template by stack name. */
  readonly templates: ReadonlyMap<string, Json>;
  /** The stacks that each stack waits for. */
  readonly dependencies: ReadonlyMap<string, string[]>;

  constructor(manifest: Manifest, settings: Record<string, string> = {}) {
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
    const found = this.all(type).filter(({ properties }) => properties[property] === value);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`${String(found.length)} of ${type} with ${property} ${value}`);
    }
    return only;
  }
}

/** The stacks, not yet synthesised, in the default setting but for what is given. */
export function app(manifest: Manifest, settings: Record<string, string> = {}): App {
  process.env['FUNCTIONS_DIR'] = dummyFunctions(manifest);
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
  const built = new App({
    outdir: mkdtempSync(join(scratch, 'cdk-out-')),
    context: { ...context, issuer: 'https://issuer.example', audience: 'yarmarka', ...settings },
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
    default:
      throw new Error(`not a text: ${JSON.stringify(value)}`);
  }
}
