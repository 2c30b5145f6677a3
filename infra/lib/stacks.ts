// Which stacks there are: the base first, then one for each context. Contexts never depend on each other.
import type { App } from 'aws-cdk-lib';
import { BaseStack } from './base-stack.ts';
import { ContextStack } from './context-stack.ts';
import type { Manifest } from './manifest.ts';
import type { Settings } from './settings.ts';

export function addStacks(app: App, manifest: Manifest, settings: Settings): void {
  const base = new BaseStack(app, `${settings.prefix}-base`, {
    contexts: manifest.contexts.map((context) => context.name),
    settings,
  });
  for (const context of manifest.contexts) {
    const stack = new ContextStack(app, `${settings.prefix}-${context.name}`, {
      context,
      functions: manifest.functions.filter((declared) => declared.context === context.name),
      api: base,
      settings,
    });
    // Also for contexts without a route: their subscriptions need the topics.
    stack.addStackDependency(base);
  }
}
