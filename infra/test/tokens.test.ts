// Who issues tokens, with which keys, and that one deployment of everything works although AWS wants the issuer to
// answer before it creates the API's check of tokens.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { committed, synthesis } from './default.ts';
import { story } from './story.ts';
import { only, Synthesis, text, type Json } from './synthesis.ts';

const authorizer = only(synthesis.all('AWS::ApiGatewayV2::Authorizer'), 'authorizer');
const waiting = only(synthesis.all('Custom::WaitForIssuer'), 'waiting');

test('the API takes the tokens that it issues itself, under its own URL', () => {
  assert.equal(authorizer.stack, 'yarmarka-identity');
  assert.equal(authorizer.properties.AuthorizerType, 'JWT');
  const api = only(synthesis.all('AWS::ApiGatewayV2::Api'), 'API');
  const imported = `<import yarmarka-base:ExportsOutputRef${api.id}`;
  assert.ok(synthesis.issuer.startsWith(`https://${imported}`), synthesis.issuer);
  assert.ok(synthesis.issuer.endsWith('>.execute-api.<AWS::Region>.<AWS::URLSuffix>'), synthesis.issuer);
  assert.deepEqual(authorizer.properties.JwtConfiguration.Audience, ['yarmarka']);
  const { ApiUrl: url } = synthesis.templates.get('yarmarka-base').Outputs;
  assert.equal(text(url.Value), synthesis.issuer.replace(/<import [^>]*>/, `<${api.id}>`));
});

test('a setting names another issuer, or another audience', () => {
  const elsewhere = new Synthesis(story, { issuer: 'https://login.shop.example', audience: 'shop' });
  const { JwtConfiguration: jwt } = only(elsewhere.all('AWS::ApiGatewayV2::Authorizer'), 'authorizer').properties;
  assert.deepEqual(jwt, { Issuer: 'https://login.shop.example', Audience: ['shop'] });
  const { variables } = only(elsewhere.deployed().filter(({ declared }) => declared.name === 'place-order'), 'place-order');
  assert.deepEqual([variables.ISSUER, variables.AUDIENCE], ['https://login.shop.example', 'shop']);
});

test('without a context that issues tokens, the setting is needed', () => {
  assert.equal(committed.issuer, 'https://issuer.example');
  const orphaned = { ...story, functions: story.functions.filter(({ name }) => name !== 'show-discovery') };
  assert.throws(() => new Synthesis(orphaned), /no function answers GET \/\.well-known\/openid-configuration/);
});

test('the check of tokens waits until the issuer answers, which waits for the routes that need no token', () => {
  const resources = synthesis.templates.get('yarmarka-identity').Resources;
  const [waits] = [resources[authorizer.id].DependsOn].flat();
  assert.equal(waits, waiting.id);
  assert.equal(waiting.stack, authorizer.stack);
  assert.equal(text(waiting.properties.Issuer), synthesis.issuer);

  const needed = closure(resources, waiting.id);
  const open = synthesis.all('AWS::ApiGatewayV2::Route').filter(({ stack, properties }) =>
    stack === authorizer.stack && properties.AuthorizationType === 'NONE');
  assert.ok(open.some(({ properties }) => properties.RouteKey === 'GET /.well-known/jwks.json'));
  for (const { id, properties } of open) {
    assert.ok(needed.has(id), properties.RouteKey as string);
  }
  // The functions behind them with what they need, so that the first request is answered.
  for (const type of ['AWS::Lambda::Permission', 'AWS::Lambda::Function', 'AWS::IAM::Policy', 'AWS::KMS::Key']) {
    assert.ok([...needed].some((id) => resources[id].Type === type), type);
  }
  // Not the other way round: nothing that is waited for needs the check.
  assert.ok(!needed.has(authorizer.id));
});

test('tokens are signed by RSA keys that cannot leave KMS: one in use, one shown ahead', () => {
  const keys = synthesis.all('AWS::KMS::Key');
  assert.equal(keys.length, 2);
  for (const { stack, properties } of keys) {
    assert.equal(stack, 'yarmarka-identity');
    assert.equal(properties.KeySpec, 'RSA_2048');
    assert.equal(properties.KeyUsage, 'SIGN_VERIFY');
    assert.ok(properties.PendingWindowInDays >= 7);
  }
});

test('a rotation keeps the keys that stay, and only changes which one signs', () => {
  const before = generations(synthesis);
  const during = generations(new Synthesis(story, { 'signing-keys': '2,1,3' }));
  const after = generations(new Synthesis(story, { 'signing-keys': '2,3' }));
  assert.deepEqual([before, during, after].map(({ names }) => names), [['1', '2'], ['2', '1', '3'], ['2', '3']]);
  assert.equal(during.ids.get('1'), before.ids.get('1'));
  assert.equal(during.ids.get('2'), before.ids.get('2'));
  assert.equal(after.ids.get('3'), during.ids.get('3'));
});

/** The names of the keys in the order in which functions are told of them, and their logical ids. */
function generations(of: Synthesis): { names: string[]; ids: Map<string, string> } {
  const ids = new Map(of.all('AWS::KMS::Alias').map(({ properties }) => [
    (properties.AliasName as string).replace('alias/yarmarka/tokens-', ''), text(properties.TargetKeyId)]));
  const { variables } = only(of.deployed().filter(({ declared }) => declared.name === 'open-session'), 'open-session');
  const names = text(variables.SIGNING_KEYS).split(',').map((arn) => only([...ids].filter(([, id]) => id === arn), arn)[0]);
  return { names, ids };
}

/** What is created before a resource, by logical id. */
function closure(resources: Json, id: string, found = new Set<string>()): Set<string> {
  const resource = resources[id];
  const references = [...JSON.stringify(resource).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]*)"/g)].map(([, name]) => name);
  for (const name of [...references, ...[resource.DependsOn ?? []].flat()]) {
    if (resources[name] !== undefined && !found.has(name)) {
      found.add(name);
      closure(resources, name, found);
    }
  }
  return found;
}

process.env['PAUSE_MS'] = '0';
const { handler } = createRequire(import.meta.url)('../lib/wait-for-issuer.cjs') as { handler: (event: Json) => Promise<void> };

test('waiting ends when discovery and keys are there, three times in a row', async () => {
  let asked = 0;
  process.env['PATIENCE_MS'] = '600000';
  const { answers, requests } = await waitFor((url, origin) => {
    asked += 1;
    return asked < 4 ? undefined : document(url, origin);
  });
  assert.equal(only(answers, 'answer').Status, 'SUCCESS');
  assert.equal(requests.filter((url) => url === '/jwks').length, 3);
});

for (const [what, answer, reason] of [
  ['nothing answers', () => undefined, /answers 404/],
  ['another issuer is named', (url: string) => document(url, 'https://other.example'), /names the issuer https:\/\/other\.example/],
  ['there are no keys', (url: string, origin: string) => url === '/jwks' ? { keys: [] } : document(url, origin), /shows no keys/],
] as const) {
  test(`waiting fails with the reason when ${what}`, async () => {
    process.env['PATIENCE_MS'] = '0';
    const { Status: status, Reason: why } = only((await waitFor(answer)).answers, 'answer');
    assert.equal(status, 'FAILED');
    assert.match(why as string, reason);
  });
}

test('when the stack is deleted nothing is waited for', async () => {
  const { answers, requests } = await waitFor(() => undefined, 'Delete');
  assert.equal(only(answers, 'answer').Status, 'SUCCESS');
  assert.deepEqual(requests, []);
});

function document(url: string, origin: string): Json {
  return url === '/jwks' ? { keys: [{ kid: '1' }] } : { issuer: origin, jwks_uri: `${origin}/jwks` };
}

/** Runs the function against an issuer that answers so, and collects what it tells CloudFormation. */
async function waitFor(answer: (url: string, origin: string) => Json, request = 'Create') {
  const answers: Json[] = [];
  const requests: string[] = [];
  const listener: RequestListener = (incoming, response) => {
    const url = String(incoming.url);
    const { port } = server.address() as AddressInfo;
    if (incoming.method === 'PUT') {
      incoming.setEncoding('utf8').on('data', (body: string) => answers.push(JSON.parse(body))).on('end', () => response.end());
      return;
    }
    requests.push(url);
    const body = answer(url, `http://127.0.0.1:${String(port)}`);
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  try {
    await handler({ RequestType: request, ResponseURL: `${origin}/answer`, ResourceProperties: { Issuer: origin } });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return { answers, requests };
}
