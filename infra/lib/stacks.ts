// Which stacks there are: the base, then the context that issues tokens, then all others. Beside that order contexts
// never depend on each other.
import type { App } from 'aws-cdk-lib';
import { BaseStack } from './base-stack.ts';
import { ContextStack } from './context-stack.ts';
import type { Context, Manifest } from './manifest.ts';
import { PARTNERS } from './partners.ts';
import type { Settings } from './settings.ts';
import type { TokenCheck } from './token-check.ts';

export function addStacks(app: App, manifest: Manifest, settings: Settings): void {
  refuseUselessSettings(manifest, settings);
  const base = new BaseStack(app, `${settings.prefix}-base`, { manifest, settings });
  const issuer = settings.issuer ?? base.url;

  const add = (context: Context, checkedBy?: TokenCheck) => {
    const stack = new ContextStack(app, `${settings.prefix}-${context.name}`, {
      context,
      functions: manifest.functions.filter((declared) => declared.context === context.name),
      apiId: base.apiId,
      issuer,
      ...(checkedBy === undefined ? {} : { checkedBy }),
      settings,
    });
    // Also for contexts without a route: their subscriptions need the topics.
    stack.addStackDependency(base);
    return stack;
  };
  const issuing = issuingContext(manifest, settings);
  const { check } = add(issuing);
  for (const context of manifest.contexts.filter((other) => other !== issuing)) {
    add(context, check);
  }
}

/** The context whose functions tell the world which tokens are good; any, where somebody else issues them. */
function issuingContext({ contexts, functions }: Manifest, settings: Settings): Context {
  const discovery = functions.find(({ trigger }) =>
    trigger.kind === 'http' && trigger.path === '/.well-known/openid-configuration' && trigger.caller === 'anyone');
  const found = contexts.find(({ name }) => name === discovery?.context)
    ?? (settings.issuer === undefined ? undefined : contexts[0]);
  if (found === undefined) {
    throw new Error('manifest: no function answers GET /.well-known/openid-configuration, and the setting issuer is missing');
  }
  return found;
}

/** A setting with a misspelt name would silently be none. */
function refuseUselessSettings({ contexts, functions }: Manifest, settings: Settings): void {
  const figures = functions.flatMap((declared) => declared.figures.map(({ name }) => name));
  const useless = [
    ...names('figures', settings.figures, figures),
    ...names('partners', settings.partners, PARTNERS),
    ...names('epochs', settings.epochs, contexts.map(({ name }) => name)),
    ...names('restored', settings.restored, contexts.map(({ name }) => name)),
  ];
  if (useless.length > 0) {
    throw new Error(`setting ${useless.join(', ')}: nothing has this name`);
  }
}

function names(group: string, given: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(given).filter((name) => !known.includes(name)).map((name) => `${group}.${name}`);
}
