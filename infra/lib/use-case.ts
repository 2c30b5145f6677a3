// One use case as a Lambda function: its binary, its own log and its own role, which may do what the manifest says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { abilities, type Surroundings } from './abilities.ts';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import type { ContextTable } from './context-table.ts';
import type { FunctionDeclaration } from './manifest.ts';
import type { Settings } from './settings.ts';

interface UseCaseProps extends Surroundings {
  readonly declared: FunctionDeclaration;
  readonly table: ContextTable;
}

export class UseCase extends Construct {
  readonly functionName: string;
  readonly timeout: Duration;
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, { declared, table, ...surroundings }: UseCaseProps) {
    super(scope, id);
    const { settings } = surroundings;
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
    table.grant(this.role, declared);

    const environment: Record<string, string> = {
      CONTEXT: declared.context,
      TABLE: table.tableName,
      EPOCH: String(settings.epochs[declared.context] ?? 1),
    };
    for (const ability of abilities(this, declared, surroundings)) {
      ability.rights.forEach((right) => this.role.addToPolicy(right));
      Object.assign(environment, ability.environment);
      for (const [resource, reason] of Object.entries(ability.wildcards ?? {})) {
        this.acknowledgeWildcard(resource, reason);
      }
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
      environment,
    });
    this.#addAlarms(settings);
  }

  /** Says why a wildcard in the role is as narrow as it can be; the resource as a finding spells it. */
  acknowledgeWildcard(resource: string, reason: string): void {
    Validations.of(this.role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }

  #addAlarms(settings: Settings): void {
    // Refusals are answers and failed records are reported by name: an error is a crash, a time-out, or a scheduled run or
    // a question that failed.
    addAlarm(this, 'Fails', {
      name: `${this.functionName}-fails`,
      says: `${this.functionName} crashes, fails as a whole or runs out of time.`,
      metric: this.function.metricErrors({ period: FIVE_MINUTES }),
      settings,
    });
    addAlarm(this, 'Throttled', {
      name: `${this.functionName}-throttled`,
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
