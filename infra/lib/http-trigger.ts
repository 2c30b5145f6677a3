// A function behind a route of the API. Unless anyone may call, the API checks the caller's token first.
import { Stack, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Api } from './base-stack.ts';
import type { HttpTrigger as Declaration } from './manifest.ts';
import type { UseCase } from './use-case.ts';

interface HttpTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly api: Api;
}

export class HttpTrigger extends Construct {
  constructor(scope: Construct, id: string, { useCase, trigger, api }: HttpTriggerProps) {
    super(scope, id);
    const integration = new apigateway.CfnIntegration(this, 'Integration', {
      apiId: api.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: useCase.function.functionArn,
      payloadFormatVersion: '2.0',
    });
    const route = new apigateway.CfnRoute(this, 'Route', {
      apiId: api.apiId,
      routeKey: `${trigger.method} ${trigger.path}`,
      target: `integrations/${integration.ref}`,
      ...(trigger.caller === 'anyone'
        ? { authorizationType: 'NONE' }
        : { authorizationType: 'JWT', authorizerId: api.authorizerId }),
    });
    if (trigger.caller === 'anyone') {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The use case says that anyone may call it; what it does is safe without knowing the caller.',
      });
    }
    new lambda.CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: useCase.function.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: api.apiId,
        // The stage is one; `$` in its name would make a star necessary all the same.
        resourceName: `*/${trigger.method}${trigger.path}`,
      }),
    });
  }
}
