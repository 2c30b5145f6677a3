// What all contexts share: the HTTP API with its token check, every context's topic, and the topic alarms go to.
import { CfnOutput, RemovalPolicy, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import { alarmTopicName, topicName } from './names.ts';
import type { Settings } from './settings.ts';

/** What a context's routes hang on. */
export interface Api {
  readonly apiId: string;
  readonly authorizerId: string;
}

interface BaseStackProps extends StackProps {
  readonly contexts: readonly string[];
  readonly settings: Settings;
}

export class BaseStack extends Stack implements Api {
  readonly apiId: string;
  readonly authorizerId: string;

  constructor(scope: Construct, id: string, { contexts, settings, ...props }: BaseStackProps) {
    super(scope, id, { terminationProtection: !settings.disposable, ...props });

    const alarms = new sns.Topic(this, 'Alarms', { topicName: alarmTopicName(settings), enforceSSL: true });
    // A topic with a policy of its own (enforceSSL makes one) loses the default one that let CloudWatch in.
    alarms.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [alarms.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    }));
    for (const context of contexts) {
      new sns.Topic(this, `Topic-${context}`, { topicName: topicName(settings, context), enforceSSL: true });
    }

    const api = new apigateway.HttpApi(this, 'Api', { apiName: settings.prefix, createDefaultStage: false });
    if (settings.apiId !== undefined) {
      Tags.of(api).add('ms-custom-id', settings.apiId);
    }
    this.#addStage(api, settings);
    addAlarm(this, 'ApiFails', {
      says: 'The API answers 5xx.',
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: 'sum' }),
      settings,
    });

    const authorizer = new apigateway.HttpAuthorizer(this, 'Tokens', {
      httpApi: api,
      type: apigateway.HttpAuthorizerType.JWT,
      identitySource: ['$request.header.Authorization'],
      jwtIssuer: settings.issuer,
      jwtAudience: [settings.audience],
    });

    this.apiId = api.apiId;
    this.authorizerId = authorizer.authorizerId;
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
  }

  #addStage(api: apigateway.HttpApi, settings: Settings): void {
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      // Under this prefix log delivery is allowed once for all groups; the account's policy has room for few others.
      logGroupName: `/aws/vendedlogs/${settings.prefix}-api`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    new apigateway.HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      // The account's own limit is 10,000 a second for all its APIs; one API must not take all of it.
      throttle: { rateLimit: 2_000, burstLimit: 1_000 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        // Ids and figures only: no addresses, paths or agents, which point at people.
        format: AccessLogFormat.custom(JSON.stringify({
          requestId: '$context.requestId',
          time: '$context.requestTimeEpoch',
          route: '$context.routeKey',
          status: '$context.status',
          latencyMs: '$context.responseLatency',
          functionMs: '$context.integrationLatency',
          authorizer: '$context.authorizer.error',
          integration: '$context.integrationErrorMessage',
        })),
      },
    });
  }
}
