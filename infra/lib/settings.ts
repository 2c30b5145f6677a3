// What differs between one deployment and another, read from the CDK context (`-c name=value`, cdk.json).
import { fileURLToPath } from 'node:url';
import type { Node } from 'constructs';

export interface Settings {
  /** Begins the name of every stack, table, topic, queue and function. */
  readonly prefix: string;
  /** Holds `<function>/bootstrap` for every function of the manifest. */
  readonly functionsDir: string;
  /** What the bootstraps were compiled for. */
  readonly architecture: 'x86_64' | 'arm64';
  /** The token issuer's URL, where it is not the API's own. */
  readonly issuer?: string;
  readonly audience: string;
  /** The e-mail address whose owner becomes the first admin. */
  readonly firstAdmin?: string;
  /** Where e-mails come from: `shop@shop.example` or `Shop <shop@shop.example>`. */
  readonly mailFrom?: string;
  /** The SES identity that may send from there, where it is not the address' domain. */
  readonly mailIdentity?: string;
  /** An e-mail address that alarms go to. */
  readonly alarmsTo?: string;
  /** The generations of the key that signs tokens, the current one first. See docs/operations.md before changing it. */
  readonly signingKeys: readonly [string, ...string[]];
  /** The base URL of each partner's API that is not the real one. */
  readonly partners: Readonly<Record<string, string>>;
  /** Each business figure that is not the default. */
  readonly figures: Readonly<Record<string, string>>;
  /**
   * The epoch of each context's table that is not in its first. Raised (in cdk.json, for good) after a restore,
   * because item versions rewind and consumers compare (epoch, version).
   */
  readonly epochs: Readonly<Record<string, number>>;
  /**
   * The stream ARN of each context's table that is not the one of its stack: one that was restored to an earlier point in
   * time. (AWS restores into a new table only.)
   */
  readonly restored: Readonly<Record<string, string>>;
  /** True where data is worthless (the emulator): tables can be deleted and go with their stack. */
  readonly disposable: boolean;
  /** Eight hex digits: asks the emulator for this API id. AWS ignores the tag. */
  readonly apiId?: string;
}

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;
const SENDER = /^([^<>"]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/;
const STREAM = /^arn:[a-z-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table\/[A-Za-z0-9_.-]+\/stream\/[0-9T:.-]+$/;
const URL_WITHOUT_SLASH = /^https?:\/\/\S*[^/\s]$/;

export function readSettings(node: Node): Settings {
  return {
    prefix: text(node, 'prefix', /^[a-z][a-z0-9-]{0,23}$/) ?? 'yarmarka',
    functionsDir: process.env['FUNCTIONS_DIR'] ?? fileURLToPath(new URL('../../target/lambda', import.meta.url)),
    architecture: oneOf(node, 'architecture', ['x86_64', 'arm64']),
    ...present('issuer', text(node, 'issuer', URL_WITHOUT_SLASH)),
    audience: text(node, 'audience', /^\S+$/) ?? 'yarmarka',
    ...present('firstAdmin', text(node, 'first-admin', ADDRESS)),
    ...present('mailFrom', text(node, 'mail-from', SENDER)),
    ...present('mailIdentity', text(node, 'mail-identity', /^[^\s*]+$/)),
    ...present('alarmsTo', text(node, 'alarms-to', ADDRESS)),
    signingKeys: readSigningKeys(node),
    partners: group(node, 'partners', URL_WITHOUT_SLASH),
    figures: group(node, 'figures', /./),
    epochs: readEpochs(node.tryGetContext('epochs')),
    restored: group(node, 'restored', STREAM),
    disposable: oneOf(node, 'disposable', ['false', 'true']) === 'true',
    ...present('apiId', text(node, 'api-id', /^[0-9a-f]{8}$/)),
  };
}

/** The address that e-mails come from; the deployment must name one as soon as a function sends any. */
export function requireMailFrom({ mailFrom }: Settings): string {
  if (mailFrom === undefined) {
    throw new Error('setting mail-from is missing: give it with -c mail-from=shop@shop.example');
  }
  return mailFrom;
}

/** The name of the SES identity in whose name e-mails are sent. */
export function mailIdentity(settings: Settings): string {
  return settings.mailIdentity ?? requireMailFrom(settings).replace(/^.*@/, '').replace(/>$/, '');
}

function text(node: Node, name: string, pattern: RegExp): string | undefined {
  const value: unknown = node.tryGetContext(name);
  // An empty setting is none, so that cdk.json can show which ones there are.
  if (value === undefined || value === '') {
    return undefined;
  }
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new Error(`setting ${name}: expected text like ${String(pattern)}, got ${JSON.stringify(value)}`);
  }
  return value;
}

function present<const K extends keyof Settings>(name: K, value: Settings[K] | undefined): Partial<Pick<Settings, K>> {
  return value === undefined ? {} : { [name]: value } as unknown as Partial<Pick<Settings, K>>;
}

/** The first choice is the default. */
function oneOf<const T extends string>(node: Node, name: string, choices: readonly [T, ...T[]]): T {
  const value = text(node, name, /./) ?? choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw new Error(`setting ${name}: expected ${choices.join(' or ')}, got "${value}"`);
  }
  return choice;
}

/** All settings `<prefix>.<name>`, by name. */
function group(node: Node, prefix: string, pattern: RegExp): Record<string, string> {
  const all = node.getAllContext() as Record<string, unknown>;
  const names = Object.keys(all).filter((key) => key.startsWith(`${prefix}.`));
  return Object.fromEntries(names.flatMap((key) => {
    const value = text(node, key, pattern);
    return value === undefined ? [] : [[key.slice(prefix.length + 1), value]];
  }));
}

function readSigningKeys(node: Node): [string, ...string[]] {
  const [current, ...others] = (text(node, 'signing-keys', /^[a-z0-9]+(,[a-z0-9]+)+$/) ?? '1,2').split(',');
  if (current === undefined || new Set([current, ...others]).size !== others.length + 1) {
    throw new Error('setting signing-keys: expected different names, the current key\'s first');
  }
  return [current, ...others];
}

function readEpochs(value: unknown): Record<string, number> {
  const epochs: Record<string, number> = {};
  for (const [context, epoch] of Object.entries(value ?? {})) {
    if (!Number.isInteger(epoch) || epoch < 1) {
      throw new Error(`setting epochs.${context}: expected a whole number from 1`);
    }
    epochs[context] = epoch as number;
  }
  return epochs;
}
