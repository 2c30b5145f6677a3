// One context: its table, and each of its functions with the trigger the manifest declares.
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Api } from './base-stack.ts';
import { ContextTable } from './context-table.ts';
import { EventsTrigger } from './events-trigger.ts';
import { HttpTrigger } from './http-trigger.ts';
import type { Context, FunctionDeclaration } from './manifest.ts';
import type { Settings } from './settings.ts';
import { StreamTrigger } from './stream-trigger.ts';
import { UseCase } from './use-case.ts';

interface ContextStackProps extends StackProps {
  readonly context: Context;
  readonly functions: readonly FunctionDeclaration[];
  readonly api: Api;
  readonly settings: Settings;
}

export class ContextStack extends Stack {
  constructor(scope: Construct, id: string, { context, functions, api, settings, ...props }: ContextStackProps) {
    super(scope, id, { terminationProtection: !settings.disposable, ...props });

    const table = new ContextTable(this, 'Table', { context, settings });
    for (const declared of functions) {
      const useCase = new UseCase(this, declared.name, { declared, table, settings });
      const { trigger } = declared;
      switch (trigger.kind) {
        case 'http':
          new HttpTrigger(useCase, 'Http', { useCase, trigger, api });
          break;
        case 'events':
          new EventsTrigger(useCase, 'Events', { useCase, trigger, settings });
          break;
        case 'stream':
          new StreamTrigger(useCase, 'Stream', { useCase, trigger, table, settings });
          break;
      }
    }
  }
}
