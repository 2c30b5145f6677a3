// One use case as a Lambda function: its binary, its own log and its own role, which may do what the manifest says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import type { ContextTable } from './context-table.ts';
import type { FunctionDeclaration } from './manifest.ts';
import { topicArn, topicName } from './names.ts';
import type { Settings } from './settings.ts';

interface UseCaseProps {
  readonly declared: FunctionDeclaration;
  readonly table: ContextTable;
  readonly settings: Settings;
}

export class UseCase extends Construct {
  readonly functionName: string;
  readonly timeout: Duration;
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, { declared, table, settings }: UseCaseProps) {
    super(scope, id);
    this.functionName = `${settings.prefix}-${declared.name}`;
    this.timeout = Duration.seconds(declared.timeoutS);

    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${this.functionName}`,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.role.addToPolicy(new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }));
    table.grant(this.role, declared.table);

    const topic = topicArn(this, topicName(settings, declared.context));
    if (declared.publishes) {
      // AWS asks for sns:Publish for batches too; the emulator asks for the operation by its own name.
      const actions = ['sns:Publish', 'sns:PublishBatch'];
      this.role.addToPolicy(new iam.PolicyStatement({ actions, resources: [topic] }));
    }

    this.function = new lambda.Function(this, 'Function', {
      functionName: this.functionName,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture: settings.architecture === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset(bootstrapDir(settings, declared.name)),
      memorySize: declared.memoryMb,
      timeout: this.timeout,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      // Off: events and logs carry `traceparent`, and X-Ray's rights cannot be limited to a resource.
      tracing: lambda.Tracing.DISABLED,
      environment: {
        CONTEXT: declared.context,
        TABLE: table.tableName,
        EPOCH: String(settings.epochs[declared.context] ?? 1),
        ...(declared.publishes ? { TOPIC: topic } : {}),
        ...(declared.readsSettings.includes('issuer') ? { ISSUER: settings.issuer } : {}),
        ...(declared.readsSettings.includes('audience') ? { AUDIENCE: settings.audience } : {}),
      },
    });
    this.#addAlarms(settings);
  }

  #addAlarms(settings: Settings): void {
    // Refusals are answers and failed records are reported by name, so an error is always a crash or a time-out.
    addAlarm(this, 'Fails', {
      says: `${this.functionName} crashes or runs out of time.`,
      metric: this.function.metricErrors({ period: FIVE_MINUTES }),
      settings,
    });
    addAlarm(this, 'Throttled', {
      says: `${this.functionName} has been short of concurrency for 15 minutes.`,
      metric: this.function.metricThrottles({ period: FIVE_MINUTES }),
      // Sources retry, so a short burst heals itself.
      periods: 3,
      settings,
    });
  }
}

function bootstrapDir(settings: Settings, functionName: string): string {
  const directory = join(settings.functionsDir, functionName);
  if (!existsSync(join(directory, 'bootstrap'))) {
    throw new Error(`${join(directory, 'bootstrap')} is missing: build the functions first, or set FUNCTIONS_DIR`);
  }
  return directory;
}
