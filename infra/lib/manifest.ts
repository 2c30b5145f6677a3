// The generated manifest, typed and checked: a field this app does not know is refused, because it would be
// a promise of the code (a right, a trigger) that the deployment silently breaks.
import { readFileSync } from 'node:fs';
import { Checker } from './checker.ts';

export interface Manifest {
  readonly contexts: readonly Context[];
  readonly functions: readonly FunctionDeclaration[];
}

export interface Context {
  readonly name: string;
  readonly indexes: readonly Index[];
  readonly publishes: readonly string[];
}

export interface Index {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly projection: 'all' | 'keys-only';
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly context: string;
  readonly memoryMb: number;
  readonly timeoutS: number;
  readonly trigger: HttpTrigger | EventsTrigger | StreamTrigger;
  readonly table: 'none' | 'read' | 'read-write';
  readonly publishes: boolean;
  readonly readsSettings: readonly ('issuer' | 'audience')[];
}

export interface HttpTrigger {
  readonly kind: 'http';
  readonly method: string;
  readonly path: string;
  /** `anyone`, `customer`, `staff:<role>` …; all but `anyone` need a token. */
  readonly caller: string;
}

export interface EventsTrigger {
  readonly kind: 'events';
  readonly types: readonly string[];
  readonly batchSize: number;
  readonly maxReceiveCount: number;
  readonly maxConcurrency: number;
}

export interface StreamTrigger {
  readonly kind: 'stream';
  readonly batchSize: number;
  readonly parallelization: number;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const ATTRIBUTE = /^[a-z][a-z0-9_]*$/;
const EVENT_TYPE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[1-9][0-9]*$/;

export function readManifest(file = new URL('../manifest.json', import.meta.url)): Manifest {
  return parseManifest(JSON.parse(readFileSync(file, 'utf8')));
}

export function parseManifest(json: unknown): Manifest {
  const fields = new Checker('manifest', json).fields('contexts', 'functions');
  const manifest = { contexts: fields.contexts.list(readContext), functions: fields.functions.list(readFunction) };
  refuseContradictions(manifest);
  return manifest;
}

function readContext(json: Checker): Context {
  const fields = json.fields('name', 'indexes', 'publishes');
  return {
    name: fields.name.text(NAME),
    indexes: fields.indexes.list(readIndex),
    publishes: fields.publishes.list((type) => type.text(EVENT_TYPE)),
  };
}

function readIndex(json: Checker): Index {
  const fields = json.fields('name', 'partition_key', 'sort_key', 'projection');
  return {
    name: fields.name.text(NAME),
    partitionKey: fields.partition_key.text(ATTRIBUTE),
    ...(fields.sort_key.absent ? {} : { sortKey: fields.sort_key.text(ATTRIBUTE) }),
    projection: fields.projection.oneOf('all', 'keys-only'),
  };
}

function readFunction(json: Checker): FunctionDeclaration {
  const fields = json.fields(
    'name', 'context', 'memory_mb', 'timeout_s', 'trigger', 'table', 'publishes', 'reads_settings',
  );
  return {
    name: fields.name.text(NAME),
    context: fields.context.text(NAME),
    memoryMb: fields.memory_mb.wholeNumber(128, 10_240),
    timeoutS: fields.timeout_s.wholeNumber(1, 900),
    trigger: readTrigger(fields.trigger),
    table: fields.table.oneOf('none', 'read', 'read-write'),
    publishes: fields.publishes.absent ? false : fields.publishes.yesNo(),
    readsSettings: fields.reads_settings.list((setting) => setting.oneOf('issuer', 'audience')),
  };
}

function readTrigger(json: Checker): FunctionDeclaration['trigger'] {
  const kind = json.field('kind').oneOf('http', 'events', 'stream');
  switch (kind) {
    case 'http': {
      const fields = json.fields('kind', 'method', 'path', 'caller');
      return {
        kind,
        method: fields.method.oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
        path: fields.path.text(/^(\/([a-z0-9._-]+|\{[a-z_]+\}))+$/),
        caller: fields.caller.text(/^[a-z][a-z-]*(:[a-z-]+)?$/),
      };
    }
    case 'events': {
      const fields = json.fields('kind', 'types', 'batch_size', 'max_receive_count', 'max_concurrency');
      return {
        kind,
        types: fields.types.list((type) => type.text(EVENT_TYPE)),
        // Above ten a queue's mapping would need a batching window, which delays every event.
        batchSize: fields.batch_size.wholeNumber(1, 10),
        maxReceiveCount: fields.max_receive_count.wholeNumber(1, 1000),
        maxConcurrency: fields.max_concurrency.wholeNumber(2, 1000),
      };
    }
    case 'stream': {
      const fields = json.fields('kind', 'batch_size', 'parallelization');
      return {
        kind,
        batchSize: fields.batch_size.wholeNumber(1, 100),
        parallelization: fields.parallelization.wholeNumber(1, 10),
      };
    }
  }
}

/** What no single field shows: names that mean nothing, and things declared twice. */
function refuseContradictions({ contexts, functions }: Manifest): void {
  refuseRepeats('context', contexts.map(({ name }) => name));
  refuseRepeats('function', functions.map(({ name }) => name));
  refuseRepeats('route', functions.flatMap(({ trigger }) =>
    trigger.kind === 'http' ? [`${trigger.method} ${trigger.path.replaceAll(/\{[^}]*\}/g, '{}')}`] : []));

  const published = new Set(contexts.flatMap(({ publishes }) => publishes));
  for (const { name, context, trigger, publishes } of functions) {
    if (!contexts.some((known) => known.name === context)) {
      throw new Error(`manifest: function ${name} belongs to an unknown context "${context}"`);
    }
    if (trigger.kind === 'events') {
      for (const type of trigger.types.filter((wanted) => !published.has(wanted))) {
        throw new Error(`manifest: function ${name} consumes ${type}, which no context publishes`);
      }
    }
    if (publishes && trigger.kind !== 'stream') {
      throw new Error(`manifest: function ${name} publishes, which only a context's relay may`);
    }
  }
}

function refuseRepeats(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new Error(`manifest: ${what} ${repeated} is declared twice`);
  }
}
