// The API's check of access tokens. AWS creates it only when the issuer's discovery document answers; where the issuer
// is the API itself, its routes take some seconds to answer after their creation, so a function waits for them.
import { readFileSync } from 'node:fs';
import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import type { Settings } from './settings.ts';

interface TokenCheckProps {
  readonly apiId: string;
  readonly issuer: string;
  readonly settings: Settings;
}

export class TokenCheck extends Construct {
  readonly authorizerId: string;
  readonly #waiting: CustomResource;

  constructor(scope: Construct, id: string, { apiId, issuer, settings }: TokenCheckProps) {
    super(scope, id);
    this.#waiting = this.#addWaiting(issuer, settings);
    const authorizer = new apigateway.CfnAuthorizer(this, 'Authorizer', {
      apiId,
      name: 'tokens',
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [settings.audience] },
    });
    authorizer.node.addDependency(this.#waiting);
    this.authorizerId = authorizer.ref;
  }

  /** Names something that must be there for the issuer to answer. */
  waitFor(needed: IDependable): void {
    this.#waiting.node.addDependency(needed);
  }

  #addWaiting(issuer: string, settings: Settings): CustomResource {
    const functionName = `${settings.prefix}-wait-for-issuer`;
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }));
    const waits = new lambda.Function(this, 'Waits', {
      functionName,
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(readFileSync(new URL('./wait-for-issuer.cjs', import.meta.url), 'utf8')),
      timeout: Duration.minutes(5),
      memorySize: 256,
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
    });
    const waiting = new CustomResource(this, 'Wait', {
      serviceToken: waits.functionArn,
      resourceType: 'Custom::WaitForIssuer',
      serviceTimeout: Duration.minutes(6),
      properties: { Issuer: issuer },
    });
    // Else the last lines of its log are lost with the rights to write them.
    waiting.node.addDependency(role);
    return waiting;
  }
}
