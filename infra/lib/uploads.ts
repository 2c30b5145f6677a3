// A bucket that people upload to, and staff look into, by what functions sign for them. Nobody reads it otherwise.
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { uploadsBucketName } from './names.ts';
import type { Settings } from './settings.ts';

interface UploadsProps {
  readonly bucket: string;
  /** Is told of each upload, where a function listens to it. */
  readonly tells: sns.Topic | undefined;
  readonly settings: Settings;
}

export class Uploads extends Construct {
  constructor(scope: Construct, id: string, { bucket: name, tells, settings }: UploadsProps) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Objects', {
      bucketName: uploadsBucketName(settings, name),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // What a function reads is kept to be read again should that fail; what shows somebody's home, while it may be disputed.
      lifecycleRules: [{
        expiration: Duration.days(tells === undefined ? 365 : 30),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      }],
      // A browser asks first whether it may send what a page from elsewhere tells it to. The signature decides.
      cors: [{
        allowedMethods: [s3.HttpMethods.PUT],
        allowedOrigins: ['*'],
        allowedHeaders: ['content-type', 'if-none-match'],
        maxAge: 3600,
      }],
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    if (tells !== undefined) {
      tell(tells, bucket, uploadsBucketName(settings, name));
    }
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Each upload was signed by a function, whose log has it: a log bucket would say no more.',
    });
  }
}

/** Tells the topic of each object that is put. Said to CloudFormation itself: the construct for it would deploy a function of its own. */
function tell(topic: sns.Topic, bucket: s3.Bucket, name: string): void {
  const said = topic.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account },
      // By its name: the bucket itself waits for this policy.
      ArnEquals: { 'aws:SourceArn': Stack.of(bucket).formatArn({ service: 's3', region: '', account: '', resource: name }) },
    },
  }));
  const resource = bucket.node.defaultChild;
  if (resource instanceof s3.CfnBucket) {
    resource.notificationConfiguration = {
      topicConfigurations: [{ event: 's3:ObjectCreated:*', topic: topic.topicArn }],
    };
  }
  // S3 tries whether it may tell the topic when it is told to.
  if (said.policyDependable !== undefined) {
    bucket.node.addDependency(said.policyDependable);
  }
}
