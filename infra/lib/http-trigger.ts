// A function behind a route of the API. Unless anyone may call, the API checks the caller's token first.
import { Stack, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { HttpTrigger as Declaration } from './manifest.ts';
import type { UseCase } from './use-case.ts';

interface HttpTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly apiId: string;
  readonly authorizerId: string;
}

export class HttpTrigger extends Construct {
  /** Whether anyone may call. */
  readonly isOpen: boolean;

  constructor(scope: Construct, id: string, { useCase, trigger, apiId, authorizerId }: HttpTriggerProps) {
    super(scope, id);
    this.isOpen = trigger.caller === 'anyone';
    const integration = new apigateway.CfnIntegration(this, 'Integration', {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: useCase.function.functionArn,
      payloadFormatVersion: '2.0',
    });
    const route = new apigateway.CfnRoute(this, 'Route', {
      apiId,
      routeKey: `${trigger.method} ${trigger.path}`,
      target: `integrations/${integration.ref}`,
      ...(this.isOpen ? { authorizationType: 'NONE' } : { authorizationType: 'JWT', authorizerId }),
    });
    if (this.isOpen) {
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
        resource: apiId,
        // The stage is one; `$` in its name would make a star necessary all the same.
        resourceName: `*/${trigger.method}${trigger.path}`,
      }),
    });
  }
}
