// What the base has for everybody: secrets, the place for what cannot be published, e-mail, the dashboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, synthesis } from './default.ts';
import { story } from './story.ts';
import { only, Synthesis, text, type Json } from './synthesis.ts';

test('every secret that a function reads is there: ours generated, a partner\'s empty, none in the template', () => {
  const secrets = synthesis.all('AWS::SecretsManager::Secret');
  const wanted = new Set(story.functions.flatMap((declared) => declared.secrets));
  assert.deepEqual(secrets.map(({ properties }) => properties.Name as string).sort(), [...wanted].map((name) => `yarmarka/${name}`).sort());
  for (const { stack, properties } of secrets) {
    assert.equal(stack, 'yarmarka-base');
    assert.equal(properties.SecretString, undefined);
    if ((properties.Name as string).startsWith('yarmarka/stripe-')) {
      assert.equal(properties.GenerateSecretString, undefined);
    } else {
      // 64 hex digits.
      const { PasswordLength: length, ExcludeCharacters: excluded, ...rules } = properties.GenerateSecretString;
      assert.equal(length, 64);
      assert.equal(excluded, 'ghijklmnopqrstuvwxyz');
      assert.deepEqual(rules, { ExcludeUppercase: true, ExcludePunctuation: true, RequireEachIncludedType: false });
    }
  }
});

test('parked records are encrypted, private, reached with TLS only, and gone after 35 days', () => {
  const { id, properties } = bucketNamed('parked');
  assert.equal(properties.BucketEncryption.ServerSideEncryptionConfiguration.length, 1);
  assert.deepEqual(Object.values(properties.PublicAccessBlockConfiguration as object), [true, true, true, true]);
  assert.deepEqual(properties.OwnershipControls.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  assert.equal(only<Json>(properties.LifecycleConfiguration.Rules, 'rule').ExpirationInDays, 35);
  refusesPlainText(id);
});

test('uploads are encrypted, private, reached with TLS only, and gone after a year', () => {
  const { id, properties } = bucketNamed('job-photos');
  assert.equal(properties.BucketEncryption.ServerSideEncryptionConfiguration.length, 1);
  assert.deepEqual(Object.values(properties.PublicAccessBlockConfiguration as object), [true, true, true, true]);
  assert.deepEqual(properties.OwnershipControls.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  assert.equal(only<Json>(properties.LifecycleConfiguration.Rules, 'rule').ExpirationInDays, 365);
  const cors = only<Json>(properties.CorsConfiguration.CorsRules, 'rule');
  assert.deepEqual(cors.AllowedMethods, ['PUT']);
  // What an upload is signed with, but for what browsers set by themselves.
  assert.deepEqual(cors.AllowedHeaders, ['content-type', 'if-none-match']);
  refusesPlainText(id);
});

test('a bucket whose uploads a function hears of tells its topic, which lets nothing else in', () => {
  const { properties } = bucketNamed('activity-files', committed);
  const told = only<Json>(properties.NotificationConfiguration.TopicConfigurations, 'topic');
  const topic = committed.one('AWS::SNS::Topic', 'TopicName', 'yarmarka-activity-files-uploads');
  assert.deepEqual([told.Event, text(told.Topic)], ['s3:ObjectCreated:*', `<${topic.id}>`]);
  assert.equal(only<Json>(properties.LifecycleConfiguration.Rules, 'rule').ExpirationInDays, 30, 'what was read is not kept');
  assert.equal(bucketNamed('job-photos', committed).properties.NotificationConfiguration, undefined);
});

function bucketNamed(name: string, of = synthesis) {
  const named = of.all('AWS::S3::Bucket').filter(({ properties }) =>
    text(properties.BucketName) === `yarmarka-${name}-<AWS::AccountId>-<AWS::Region>`);
  return only(named, name);
}

function refusesPlainText(bucket: string): void {
  const policies = synthesis.all('AWS::S3::BucketPolicy').filter(({ properties }) => text(properties.Bucket) === `<${bucket}>`);
  const statement = only<Json>(only(policies, 'policy').properties.PolicyDocument.Statement, 'statement');
  assert.equal(statement.Effect, 'Deny');
  assert.equal(statement.Condition.Bool['aws:SecureTransport'], 'false');
}

test('a parked record becomes a message that waits for people', () => {
  const bucket = bucketNamed('parked');
  assert.equal(bucket.properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled, true);
  const { stack, properties } = only(synthesis.all('AWS::Events::Rule'), 'rule');
  assert.deepEqual(properties.EventPattern['detail-type'], ['Object Created']);
  assert.equal(text(only<Json>(properties.EventPattern.detail.bucket.name, 'bucket')), `<${bucket.id}>`);
  assert.equal(synthesis.queueAt(stack, only<Json>(properties.Targets, 'target').Arn), 'yarmarka-parked-dead-letters');
});

test('what becomes of an e-mail is told to the topic of feedback, and too many bounces raise an alarm', () => {
  const set = only(synthesis.all('AWS::SES::ConfigurationSet'), 'set');
  const { properties } = only(synthesis.all('AWS::SES::ConfigurationSetEventDestination'), 'destination');
  assert.equal(text(properties.ConfigurationSetName), `<${set.id}>`);
  const topic = synthesis.one('AWS::SNS::Topic', 'TopicName', 'yarmarka-ses-feedback');
  assert.equal(text(properties.EventDestination.SnsDestination.TopicARN), `<${topic.id}>`);
  for (const event of ['delivery', 'bounce', 'complaint', 'reject']) {
    assert.ok(properties.EventDestination.MatchingEventTypes.includes(event), event);
  }
  const rates = synthesis.all('AWS::CloudWatch::Alarm').filter(({ properties: { Namespace } }) => Namespace === 'AWS/SES');
  assert.deepEqual(rates.map(({ properties: { MetricName, Threshold } }) => [MetricName, Threshold]), [
    ['Reputation.BounceRate', 0.04], ['Reputation.ComplaintRate', 0.0008],
  ]);
});

test('what no function uses is not there', () => {
  const { functions } = committed.manifest;
  const uploads = new Set(functions.flatMap(({ putsInto, looksInto }) => [...putsInto, ...looksInto]));
  const parking = functions.some(({ parks }) => parks) ? 1 : 0;
  assert.equal(committed.all('AWS::S3::Bucket').length, uploads.size + parking);
  const mail = functions.some(({ sends, trigger }) => sends.includes('email') || trigger.kind === 'foreign');
  assert.equal(committed.all('AWS::SES::ConfigurationSet').length, mail ? 1 : 0);
});

test('the dashboard finds everything of the deployment by its prefix', () => {
  const other = new Synthesis(story, { prefix: 'shop' });
  const { DashboardName: name, DashboardBody: body } = only(other.all('AWS::CloudWatch::Dashboard'), 'dashboard').properties;
  assert.equal(name, 'shop');
  const { widgets } = JSON.parse(text(body));
  assert.ok(widgets.length >= 12);
  const searches = [...text(body).matchAll(/SEARCH\('[^']*'/g)].map(([search]) => search);
  assert.ok(searches.length >= 8);
  for (const search of searches) {
    assert.ok(search.includes('\\"shop\\"'), search);
  }
});

test('alarms go to the address that the setting names', () => {
  const told = new Synthesis(story, { 'alarms-to': 'ops@shop.example' });
  const { properties } = only(told.all('AWS::SNS::Subscription').filter(({ properties: { Protocol } }) => Protocol === 'email'), 'address');
  assert.equal(properties.Endpoint, 'ops@shop.example');
});
