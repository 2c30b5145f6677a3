// Where relays put the records that they can never announce, and the queue that tells people of each.
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import { parkingBucketName } from './names.ts';
import type { Settings } from './settings.ts';

interface ParkingProps {
  readonly settings: Settings;
}

export class Parking extends Construct {
  constructor(scope: Construct, id: string, { settings }: ParkingProps) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Records', {
      bucketName: parkingBucketName(settings),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // A record holds what its item held. Personal data that was erased must be gone everywhere after 35 days.
      lifecycleRules: [{ expiration: Duration.days(35), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    // Through EventBridge: notices that S3 sends by itself begin with one about nothing, which would raise the alarm. Not
    // by the bucket's `eventBridgeEnabled`, which brings a function along that may change every bucket.
    (bucket.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Relays put objects, people read them: who did is in CloudTrail, and a log bucket would say no more.',
    });

    const told = new DeadLetters(this, 'Told', {
      owner: `${settings.prefix}-parked`,
      says: 'A relay parked a record that it can never announce: see the queue for where it is.',
      settings,
    });
    Validations.of(told).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a dead-letter queue: of relays, which park what they cannot publish.',
    });
    const rule = new events.CfnRule(this, 'Parked', {
      description: 'Tells people of each parked record.',
      eventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] } },
      },
      targets: [{ id: 'Told', arn: told.queue.queueArn }],
    });
    told.queue.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [told.queue.queueArn],
      conditions: {
        ArnEquals: { 'aws:SourceArn': rule.attrArn },
        StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
      },
    }));
  }
}
