// Runs at AWS while a stack is being deployed: answers CloudFormation once the issuer's discovery document and its keys
// can be read, three times in a row.
'use strict';

// Tests have less time, or more.
const patienceMs = () => Number(process.env.PATIENCE_MS ?? 240_000);
const pauseMs = () => Number(process.env.PAUSE_MS ?? 2_000);

exports.handler = async (event) => {
  const { RequestType: request, ResourceProperties: { Issuer: issuer } } = event;
  try {
    if (request !== 'Delete') {
      await untilAnswers(issuer, Date.now() + patienceMs());
    }
    await answer(event, 'SUCCESS', `${issuer} answers`);
  } catch (error) {
    await answer(event, 'FAILED', `${issuer} does not answer as an issuer of tokens: ${error.message}`);
  }
};

async function untilAnswers(issuer, deadline) {
  for (let inARow = 0; inARow < 3;) {
    try {
      await check(issuer);
      inARow += 1;
    } catch (error) {
      console.log(JSON.stringify({ level: 'info', message: 'not yet', cause: error.message }));
      if (Date.now() > deadline) {
        throw error;
      }
      inARow = 0;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs()));
  }
}

async function check(issuer) {
  const discovery = await read(`${issuer}/.well-known/openid-configuration`);
  if (discovery.issuer !== issuer) {
    throw new Error(`its discovery document names the issuer ${discovery.issuer}`);
  }
  const { keys } = await read(discovery.jwks_uri);
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new Error(`${discovery.jwks_uri} shows no keys`);
  }
}

async function read(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) {
    throw new Error(`${url} answers ${response.status}`);
  }
  return response.json();
}

async function answer(event, status, reason) {
  console.log(JSON.stringify({ level: 'info', message: 'answered', status, reason }));
  await fetch(event.ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: JSON.stringify({
      Status: status,
      Reason: reason,
      PhysicalResourceId: event.ResourceProperties.Issuer,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  });
}
