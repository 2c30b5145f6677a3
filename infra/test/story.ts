// A manifest with every trigger and every ability that the deployment knows, in the contexts of the first story. The
// committed manifest grows; what must hold of any manifest is tested on this one too.
import { parseManifest } from '../lib/manifest.ts';
import type { Json } from './synthesis.ts';

const http = (method: string, path: string, caller = 'customer'): Json => ({ kind: 'http', method, path, caller });
const on = (...types: string[]): Json => (
  { kind: 'events', types, batch_size: 10, max_receive_count: 20, max_concurrency: 10, delay_s: 0 });
const stream = { kind: 'stream', batch_size: 100, parallelization: 4 };
const daily = { kind: 'schedule', expression: 'cron(0 3 * * ? *)', zone: 'UTC' };
const direct = { kind: 'direct' };
const tokens = { reads_settings: ['issuer', 'audience'] };

function of(context: string, functions: Record<string, [trigger: Json, more?: Json]>): Json[] {
  return Object.entries(functions).map(([name, [trigger, more]]) => ({
    name, context, memory_mb: 256, timeout_s: trigger.kind === 'http' ? 10 : 30, trigger, table: 'read-write',
    reads_settings: [], ...more,
  }));
}

const relays = (context: string): Record<string, [Json, Json]> => ({
  [`relay-${context}`]: [stream, { table: 'read', publishes: true, parks: true }],
  [`republish-${context}`]: [direct, { table: 'read', publishes: true, walks: true, timeout_s: 900 }],
});

const publishes: Record<string, string[]> = {
  catalog: ['product-changed', 'stock-rejected', 'stock-released', 'stock-reserved'],
  identity: ['code-issued', 'contact-verified'],
  notifications: ['message-sent'],
  orders: ['order-cancelled', 'order-paid', 'order-placed', 'order-reserved'],
  payments: ['payment-closed', 'payment-succeeded'],
};

export const storyJson: Json = {
  contexts: Object.entries(publishes).map(([name, events]) => ({
    name,
    indexes: name === 'orders' || name === 'catalog'
      ? [{ name: 'by-owner', partition_key: 'owner', sort_key: 'at', projection: 'keys-only' }] : [],
    publishes: events.map((event) => `${name}.${event}.v1`),
  })),
  functions: [
    ...of('catalog', {
      ...relays('catalog'),
      'find-products': [http('GET', '/v1/products', 'anyone'), { table: 'read' }],
      'set-product': [http('PUT', '/v1/products/{sku}', 'staff:manager'), tokens],
      'reserve-stock': [on('orders.order-placed.v1')],
      'release-stock': [on('orders.order-cancelled.v1', 'payments.payment-closed.v1')],
    }),
    ...of('identity', {
      ...relays('identity'),
      'show-discovery': [http('GET', '/.well-known/openid-configuration', 'anyone'), { table: 'none', reads_settings: ['issuer'] }],
      'show-keys': [http('GET', '/.well-known/jwks.json', 'anyone'), { table: 'none', signs: true }],
      'register-account': [http('POST', '/v1/accounts', 'anyone'), { secrets: ['code-seal', 'password-pepper'], reads_settings: ['first-admin'] }],
      'verify-contact': [http('POST', '/v1/accounts/{account}/verifications', 'anyone'), { reads_settings: ['first-admin'] }],
      'open-session': [http('POST', '/v1/sessions', 'anyone'), { signs: true, secrets: ['password-pepper', 'refresh-chain'], ...tokens }],
      'end-session': [http('DELETE', '/v1/sessions/{session}', 'signed-in'), tokens],
      'read-contacts': [direct, { table: 'read', timeout_s: 5 }],
    }),
    ...of('notifications', {
      ...relays('notifications'),
      'queue-messages': [on('identity.code-issued.v1', 'orders.order-placed.v1', 'orders.order-paid.v1')],
      'send-email': [on('identity.code-issued.v1'), {
        asks: ['read-contacts'], sends: ['email'], secrets: ['code-seal'],
        figures: [{ name: 'API_URL', default: 'https://api.yarmarka.example' }],
      }],
      'send-sms': [on('identity.code-issued.v1'), { asks: ['read-contacts'], sends: ['sms'], secrets: ['code-seal'] }],
      'hear-feedback': [{ kind: 'foreign', topic: 'ses-feedback' }],
      'send-again': [{ kind: 'schedule', expression: 'rate(5 minutes)', zone: 'UTC' }, { walks: true }],
    }),
    ...of('orders', {
      ...relays('orders'),
      'place-order': [http('POST', '/v1/orders'), tokens],
      'sign-upload': [http('POST', '/v1/orders/{order}/photos'), { table: 'read', puts_into: ['job-photos'], ...tokens }],
      'look-at-upload': [http('POST', '/v1/orders/{order}/start'), { looks_into: ['job-photos'], ...tokens }],
      'get-order': [http('GET', '/v1/orders/{order}'), { table: 'read', ...tokens }],
      'expire-order': [{ ...on('orders.order-reserved.v1'), delay_s: 900 }, { figures: [{ name: 'UNPAID_MINUTES', default: '15' }] }],
      'sweep-orders': [daily, { walks: true, timeout_s: 300, figures: [{ name: 'UNPAID_MINUTES', default: '15' }] }],
      'mark-paid': [on('payments.payment-succeeded.v1')],
    }),
    ...of('payments', {
      ...relays('payments'),
      'start-payment': [http('POST', '/v1/orders/{order}/payments'), { partners: ['stripe'], secrets: ['stripe-key'], ...tokens }],
      'hear-stripe': [http('POST', '/v1/webhooks/stripe', 'anyone'), { secrets: ['stripe-webhook'] }],
      'close-payment': [on('orders.order-cancelled.v1'), { partners: ['stripe'], secrets: ['stripe-key'] }],
      'compare-payments': [{ kind: 'schedule', expression: 'cron(30 2 * * ? *)', zone: 'Europe/London' }, { partners: ['stripe'], secrets: ['stripe-key'], table: 'read', timeout_s: 900 }],
    }),
  ],
};

export const story = parseManifest(storyJson);
