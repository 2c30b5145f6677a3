// What no single field of the manifest shows: names that mean nothing, things declared twice, rights that no function
// of its kind can have.
import type { FunctionDeclaration, Manifest } from './manifest.ts';
import { PARTNERS } from './partners.ts';

/** What functions are told beside their figures, which must not overwrite it. */
const TAKEN = /^(AWS_.*|LAMBDA_.*|PARTNER_.*|BUCKET_.*|UPLOADS_AT|CONTEXT|TABLE|EPOCH|TOPIC|ISSUER|AUDIENCE|SECRETS|FUNCTIONS|SIGNING_KEYS|PARKING|MAIL_FROM|MAIL_EVENTS)$/;

export function refuseContradictions({ contexts, functions }: Manifest): void {
  refuseRepeats('context', contexts.map(({ name }) => name));
  refuseRepeats('function', functions.map(({ name }) => name));
  refuseRepeats('route', functions.flatMap(({ trigger }) =>
    trigger.kind === 'http' ? [`${trigger.method} ${trigger.path.replaceAll(/\{[^}]*\}/g, '{}')}`] : []));

  const published = new Set(contexts.flatMap(({ publishes }) => publishes));
  const figures = new Map<string, string>();
  for (const declared of functions) {
    const { name, context, trigger } = declared;
    if (!contexts.some((known) => known.name === context)) {
      throw new Error(`manifest: function ${name} belongs to an unknown context "${context}"`);
    }
    if (trigger.kind === 'events') {
      for (const type of trigger.types.filter((wanted) => !published.has(wanted))) {
        throw new Error(`manifest: function ${name} consumes ${type}, which no context publishes`);
      }
    }
    for (const asked of declared.asks.filter((wanted) => !isDirect(functions, wanted))) {
      throw new Error(`manifest: function ${name} asks ${asked}, which is no function that answers others`);
    }
    for (const partner of declared.partners.filter((wanted) => !PARTNERS.includes(wanted))) {
      throw new Error(`manifest: function ${name} calls the partner ${partner}, which lib/partners.ts does not know`);
    }
    for (const figure of declared.figures) {
      if (TAKEN.test(figure.name)) {
        throw new Error(`manifest: function ${name} has a figure ${figure.name}, a name taken by the platform`);
      }
      if ((figures.get(figure.name) ?? figure.default) !== figure.default) {
        throw new Error(`manifest: figure ${figure.name} has two defaults`);
      }
      figures.set(figure.name, figure.default);
    }
    refuseImpossible(declared);
  }
  const signing = new Set(functions.filter(({ signs }) => signs).map(({ context }) => context));
  if (signing.size > 1) {
    throw new Error(`manifest: ${[...signing].join(' and ')} sign tokens, which is for one context only`);
  }
}

function refuseImpossible({ name, trigger, publishes, sends }: FunctionDeclaration): void {
  if (publishes && trigger.kind !== 'stream' && trigger.kind !== 'direct') {
    throw new Error(`manifest: function ${name} publishes, which only a context's relay and republishing may`);
  }
  if (publishes && sends.includes('sms')) {
    throw new Error(`manifest: function ${name} publishes, so it cannot be kept from topics while it sends SMS`);
  }
}

function isDirect(functions: readonly FunctionDeclaration[], wanted: string): boolean {
  return functions.some(({ name, trigger }) => name === wanted && trigger.kind === 'direct');
}

function refuseRepeats(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new Error(`manifest: ${what} ${repeated} is declared twice`);
  }
}
