// A bucket that people upload to by what functions sign for them. Nobody reads it over the network.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { uploadsBucketName } from './names.ts';
import type { Settings } from './settings.ts';

interface UploadsProps {
  readonly bucket: string;
  readonly settings: Settings;
}

export class Uploads extends Construct {
  constructor(scope: Construct, id: string, { bucket: name, settings }: UploadsProps) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Objects', {
      bucketName: uploadsBucketName(settings, name),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // What shows somebody's home is kept while it may be disputed, and no longer.
      lifecycleRules: [{ expiration: Duration.days(365), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      // A browser asks first whether it may send what a page from elsewhere tells it to. The signature decides.
      cors: [{ allowedMethods: [s3.HttpMethods.PUT], allowedOrigins: ['*'], allowedHeaders: ['content-type'], maxAge: 3600 }],
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Each upload was signed by a function, whose log has it: a log bucket would say no more.',
    });
  }
}
