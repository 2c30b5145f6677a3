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
  /** The token issuer's URL; discovery and keys must answer there before the API's authorizer can be created. */
  readonly issuer: string;
  readonly audience: string;
  /**
   * The epoch of each context's table that is not in its first. Raised (in cdk.json, for good) after a restore,
   * because item versions rewind and consumers compare (epoch, version).
   */
  readonly epochs: Readonly<Record<string, number>>;
  /** True where data is worthless (the emulator): tables can be deleted and go with their stack. */
  readonly disposable: boolean;
  /** Eight hex digits: asks the emulator for this API id. AWS ignores the tag. */
  readonly apiId?: string;
}

export function readSettings(node: Node): Settings {
  const apiId = optional(node, 'api-id');
  if (apiId !== undefined && !/^[0-9a-f]{8}$/.test(apiId)) {
    throw new Error(`setting api-id: expected eight hex digits, got "${apiId}"`);
  }
  return {
    prefix: optional(node, 'prefix') ?? 'yarmarka',
    functionsDir: process.env['FUNCTIONS_DIR'] ?? fileURLToPath(new URL('../../target/lambda', import.meta.url)),
    architecture: oneOf(node, 'architecture', ['x86_64', 'arm64']),
    issuer: required(node, 'issuer'),
    audience: required(node, 'audience'),
    epochs: readEpochs(node.tryGetContext('epochs')),
    disposable: oneOf(node, 'disposable', ['false', 'true']) === 'true',
    ...(apiId === undefined ? {} : { apiId }),
  };
}

function optional(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined || typeof value === 'string') {
    return value;
  }
  throw new Error(`setting ${name}: expected text`);
}

function required(node: Node, name: string): string {
  const value = optional(node, name);
  if (!value) {
    throw new Error(`setting ${name} is missing: give it with -c ${name}=…`);
  }
  return value;
}

/** The first choice is the default. */
function oneOf<const T extends string>(node: Node, name: string, choices: readonly [T, ...T[]]): T {
  const value = optional(node, name) ?? choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw new Error(`setting ${name}: expected ${choices.join(' or ')}, got "${value}"`);
  }
  return choice;
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
