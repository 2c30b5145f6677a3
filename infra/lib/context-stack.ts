// One context: its table, and each of its functions with the trigger the manifest declares. The context that issues
// tokens also has the keys that sign them and the API's check of them.
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { ContextTable } from './context-table.ts';
import { EventsTrigger } from './events-trigger.ts';
import { ForeignTrigger } from './foreign-trigger.ts';
import { HttpTrigger } from './http-trigger.ts';
import type { Context, FunctionDeclaration } from './manifest.ts';
import { ScheduleTrigger } from './schedule-trigger.ts';
import type { Settings } from './settings.ts';
import { StreamTrigger } from './stream-trigger.ts';
import { TokenCheck } from './token-check.ts';
import { TokenKeys } from './token-keys.ts';
import { UseCase } from './use-case.ts';

interface ContextStackProps extends StackProps {
  readonly context: Context;
  readonly functions: readonly FunctionDeclaration[];
  readonly apiId: string;
  readonly issuer: string;
  /** The API's check of tokens; not given to the context that issues them, which makes it. */
  readonly checkedBy?: TokenCheck;
  readonly settings: Settings;
}

export class ContextStack extends Stack {
  readonly check: TokenCheck;
  #scheduleGroup: scheduler.CfnScheduleGroup | undefined;

  constructor(scope: Construct, id: string, props: ContextStackProps) {
    const { context, functions, apiId, issuer, settings } = props;
    super(scope, id, { terminationProtection: !settings.disposable, ...props });

    const table = new ContextTable(this, 'Table', { context, settings });
    const signingKeys = functions.some(({ signs }) => signs) ? new TokenKeys(this, 'TokenKeys', { settings }).arns : [];
    this.check = props.checkedBy ?? new TokenCheck(this, 'TokenCheck', { apiId, issuer, settings });
    const { authorizerId } = this.check;
    for (const declared of functions) {
      const useCase = new UseCase(this, declared.name, { declared, table, signingKeys, issuer, settings });
      const { trigger } = declared;
      switch (trigger.kind) {
        case 'http': {
          const http = new HttpTrigger(useCase, 'Http', { useCase, trigger, apiId, authorizerId });
          if (http.isOpen && Stack.of(this.check) === this) {
            this.check.waitFor(http);
          }
          break;
        }
        case 'events':
          new EventsTrigger(useCase, 'Events', { useCase, trigger, settings });
          break;
        case 'foreign':
          new ForeignTrigger(useCase, 'Foreign', { useCase, trigger, settings });
          break;
        case 'stream':
          new StreamTrigger(useCase, 'Stream', { useCase, trigger, table, settings });
          break;
        case 'schedule':
          new ScheduleTrigger(useCase, 'Schedule', { useCase, trigger, group: this.#schedules(), settings });
          break;
        case 'direct':
          // Nothing stands in front of it: who may call it has the right to.
          break;
      }
    }
  }

  /** The group that roles of schedules trust, made when the first schedule needs it. */
  #schedules(): scheduler.CfnScheduleGroup {
    this.#scheduleGroup ??= new scheduler.CfnScheduleGroup(this, 'Schedules', { name: this.stackName });
    return this.#scheduleGroup;
  }
}
