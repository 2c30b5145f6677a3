// The one table of a context, with its stream and indexes, and the rights a function can have on it.
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Context, FunctionDeclaration, Index } from './manifest.ts';
import type { Settings } from './settings.ts';

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
// A transaction needs the rights of each action in it. Nothing deletes: deletion is a tombstone.
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];
// For sweepers and for publishing everything again. Nothing else scans.
const WALK = ['dynamodb:Scan'];

interface ContextTableProps {
  readonly context: Context;
  readonly settings: Settings;
}

export class ContextTable extends Construct {
  readonly tableName: string;
  readonly streamArn: string;
  readonly #tableArn: string;
  readonly #indexes: readonly Index[];

  constructor(scope: Construct, id: string, { context, settings }: ContextTableProps) {
    super(scope, id);
    this.#indexes = context.indexes;
    const restored = settings.restored[context.name];
    if (restored === undefined) {
      const { tableArn, tableStreamArn } = this.#create(context, settings);
      if (tableStreamArn === undefined) {
        throw new Error(`table of ${context.name}: has no stream`);
      }
      // By its property the name would be a reference; as plain text it can stand in ARNs and be read in templates.
      this.tableName = `${settings.prefix}-${context.name}`;
      this.#tableArn = tableArn;
      this.streamArn = tableStreamArn;
    } else {
      // The damaged one is let go by the stack, and stays.
      this.#tableArn = restored.replace(/\/stream\/.*$/, '');
      this.tableName = this.#tableArn.replace(/^.*\//, '');
      this.streamArn = restored;
    }
  }

  #create(context: Context, settings: Settings): dynamodb.Table {
    const table = new dynamodb.Table(this, 'Items', {
      tableName: `${settings.prefix}-${context.name}`,
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !settings.disposable,
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    for (const index of context.indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        ...(index.sortKey === undefined ? {} : { sortKey: text(index.sortKey) }),
        projectionType:
          index.projection === 'all' ? dynamodb.ProjectionType.ALL : dynamodb.ProjectionType.KEYS_ONLY,
      });
    }
    return table;
  }

  grant(role: iam.Role, { table, walks }: FunctionDeclaration): void {
    const actions = [
      ...(table === 'none' ? [] : READ),
      ...(table === 'read-write' ? WRITE : []),
      ...(walks ? WALK : []),
    ];
    if (actions.length > 0) {
      role.addToPolicy(new iam.PolicyStatement({ actions, resources: [this.#tableArn] }));
    }
    if (table !== 'none' && this.#indexes.length > 0) {
      role.addToPolicy(new iam.PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: this.#indexes.map((index) => `${this.#tableArn}/index/${index.name}`),
      }));
    }
  }

  /** The rights Lambda needs, in the function's name, to hand it the table's stream. */
  grantStream(role: iam.Role): void {
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [this.streamArn],
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['dynamodb:ListStreams'],
      resources: [this.allStreams()],
    }));
  }

  /** Listing is checked against all streams of the table, never against one of them. */
  allStreams(): string {
    return Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: `${this.tableName}/stream/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}

function text(name: string): dynamodb.Attribute {
  return { name, type: dynamodb.AttributeType.STRING };
}
