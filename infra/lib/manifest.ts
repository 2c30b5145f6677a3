// The generated manifest, typed and checked: a field this app does not know is refused, because it would be
// a promise of the code (a right, a trigger) that the deployment silently breaks.
import { readFileSync } from 'node:fs';
import { Checker } from './checker.ts';
import { refuseContradictions } from './contradictions.ts';

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
  readonly trigger: Trigger;
  readonly table: 'none' | 'read' | 'read-write';
  /** Reads its whole table, page by page. */
  readonly walks: boolean;
  readonly publishes: boolean;
  /** Puts what it cannot announce into object storage. */
  readonly parks: boolean;
  /** Signs access tokens, or shows the keys that do. */
  readonly signs: boolean;
  /** The functions it calls and waits for. */
  readonly asks: readonly string[];
  /** The secrets it reads. */
  readonly secrets: readonly string[];
  readonly sends: readonly ('email' | 'sms')[];
  /** The buckets into which it lets people put objects. */
  readonly putsInto: readonly string[];
  /** The buckets at whose objects it looks. */
  readonly looksInto: readonly string[];
  /** The companies whose APIs it calls. */
  readonly partners: readonly string[];
  readonly figures: readonly Figure[];
  readonly readsSettings: readonly ('issuer' | 'audience' | 'first-admin')[];
}

/** A business figure: a setting with a default. */
export interface Figure {
  readonly name: string;
  readonly default: string;
}

export type Trigger =
  HttpTrigger | EventsTrigger | ForeignTrigger | StreamTrigger | ScheduleTrigger | DirectTrigger;

export interface HttpTrigger {
  readonly kind: 'http';
  readonly method: string;
  readonly path: string;
  /** `anyone`, `customer`, `staff:<role>` …; all but `anyone` need a token. */
  readonly caller: string;
}

/** Events of contexts, through a queue of the function's own. */
export interface EventsTrigger {
  readonly kind: 'events';
  readonly types: readonly string[];
  readonly batchSize: number;
  readonly maxReceiveCount: number;
  readonly maxConcurrency: number;
  /** How long the queue holds each message back. */
  readonly delayS: number;
}

/** What another service of AWS tells a topic of ours, through a queue of the function's own. */
/** Topics that other services tell: SES of e-mails, S3 of what was put into the bucket before `-uploads`. */
const FOREIGN_TOPICS = ['ses-feedback', 'activity-files-uploads'] as const;
type ForeignTopic = typeof FOREIGN_TOPICS[number];

export interface ForeignTrigger {
  readonly kind: 'foreign';
  readonly topic: ForeignTopic;
}

export interface StreamTrigger {
  readonly kind: 'stream';
  readonly batchSize: number;
  readonly parallelization: number;
}

export interface ScheduleTrigger {
  readonly kind: 'schedule';
  readonly expression: string;
  readonly zone: string;
}

/** Called by the functions that ask it, and by operators. */
export interface DirectTrigger {
  readonly kind: 'direct';
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const ATTRIBUTE = /^[a-z][a-z0-9_]*$/;
const EVENT_TYPE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[1-9][0-9]*$/;
const VARIABLE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const SCHEDULE = /^(rate\((1 (minute|hour|day)|[1-9][0-9]* (minutes|hours|days))\)|cron\(([^() ]+ ){5}[^() ]+\))$/;
const ZONE = /^[A-Z][A-Za-z_]*(\/[A-Z][A-Za-z0-9_+-]*)*$/;

/** The committed manifest, or the one that MANIFEST names. */
export function readManifest(): Manifest {
  const file = process.env['MANIFEST'] ?? new URL('../manifest.json', import.meta.url);
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

/** What a function does not need it may leave out. */
function readFunction(json: Checker): FunctionDeclaration {
  const fields = json.fields(
    'name', 'context', 'memory_mb', 'timeout_s', 'trigger', 'table', 'walks', 'publishes', 'parks', 'signs', 'asks',
    'secrets', 'sends', 'puts_into', 'looks_into', 'partners', 'figures', 'reads_settings',
  );
  const yes = (field: Checker) => !field.absent && field.yesNo();
  const list = <T>(field: Checker, item: (value: Checker) => T) => field.absent ? [] : field.list(item);
  return {
    name: fields.name.text(NAME),
    context: fields.context.text(NAME),
    memoryMb: fields.memory_mb.wholeNumber(128, 10_240),
    timeoutS: fields.timeout_s.wholeNumber(1, 900),
    trigger: readTrigger(fields.trigger),
    table: fields.table.oneOf('none', 'read', 'read-write'),
    walks: yes(fields.walks),
    publishes: yes(fields.publishes),
    parks: yes(fields.parks),
    signs: yes(fields.signs),
    asks: list(fields.asks, (name) => name.text(NAME)),
    secrets: list(fields.secrets, (name) => name.text(NAME)),
    sends: list(fields.sends, (channel) => channel.oneOf('email', 'sms')),
    putsInto: list(fields.puts_into, (name) => name.text(NAME)),
    looksInto: list(fields.looks_into, (name) => name.text(NAME)),
    partners: list(fields.partners, (name) => name.text(NAME)),
    figures: list(fields.figures, (figure) => {
      const { name, default: value } = figure.fields('name', 'default');
      return { name: name.text(VARIABLE), default: value.text(/^/) };
    }),
    readsSettings: list(fields.reads_settings, (setting) => setting.oneOf('issuer', 'audience', 'first-admin')),
  };
}

function readTrigger(json: Checker): Trigger {
  const kind = json.field('kind').oneOf('http', 'events', 'foreign', 'stream', 'schedule', 'direct');
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
      const fields = json.fields('kind', 'types', 'batch_size', 'max_receive_count', 'max_concurrency', 'delay_s');
      return {
        kind,
        types: fields.types.list((type) => type.text(EVENT_TYPE)),
        // Above ten a queue's mapping would need a batching window, which delays every event.
        batchSize: fields.batch_size.wholeNumber(1, 10),
        maxReceiveCount: fields.max_receive_count.wholeNumber(1, 1000),
        maxConcurrency: fields.max_concurrency.wholeNumber(2, 1000),
        delayS: fields.delay_s.absent ? 0 : fields.delay_s.wholeNumber(0, 900),
      };
    }
    case 'foreign':
      return { kind, topic: json.fields('kind', 'topic').topic.oneOf(...FOREIGN_TOPICS) };
    case 'stream': {
      const fields = json.fields('kind', 'batch_size', 'parallelization');
      return {
        kind,
        batchSize: fields.batch_size.wholeNumber(1, 100),
        parallelization: fields.parallelization.wholeNumber(1, 10),
      };
    }
    case 'schedule': {
      const fields = json.fields('kind', 'expression', 'zone');
      return { kind, expression: fields.expression.text(SCHEDULE), zone: fields.zone.text(ZONE) };
    }
    case 'direct':
      json.fields('kind');
      return { kind };
  }
}
