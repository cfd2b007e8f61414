// mock --trusted-root FILE
// Serves @sigstore/mock's Fulcio on a port of 127.0.0.1 until it is stopped; writes the trusted root, then its address
// to standard output. The package was made for Sigstore's JavaScript client; where others expect what the real Fulcio
// does, that is added here: a token in the header, and status 200.
'use strict';
const { fulcioHandler, initializeCA, initializeCTLog } = require('@sigstore/mock');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');

const newKey = () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('base64');

function log(url, key, start) {
  const rawBytes = key.publicKey.export({ format: 'der', type: 'spki' });
  return {
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: rawBytes.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start },
    },
    logId: { keyId: sha256(rawBytes) },
  };
}

function fulcioRequest(request, body) {
  const json = JSON.parse(body);
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme === 'Bearer') json.credentials = { oidcIdentityToken: token };
  return JSON.stringify(json);
}

module.exports = async (given) => {
  const start = new Date(Date.now() - 60_000).toISOString();
  const ctKey = newKey();
  const server = http.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const ca = await initializeCA(newKey(), await initializeCTLog(ctKey));
  const fulcio = fulcioHandler(ca);
  const answer = async (request, body) => {
    if (request.method === 'POST' && request.url === fulcio.path) {
      const made = await fulcio.fn(fulcioRequest(request, body));
      return { ...made, statusCode: made.statusCode === 201 ? 200 : made.statusCode };
    }
    return { statusCode: 404, response: 'no such service', contentType: 'text/plain' };
  };
  server.on('request', (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const made = await answer(request, Buffer.concat(parts).toString());
      response.writeHead(made.statusCode, { 'Content-Type': made.contentType ?? 'text/plain' }).end(made.response);
    });
  });
  fs.writeFileSync(
    given['trusted-root'],
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [],
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: url,
          certChain: { certificates: [{ rawBytes: ca.rootCertificate.toString('base64') }] },
          validFor: { start },
        },
      ],
      ctlogs: [log(url, ctKey, start)],
      timestampAuthorities: [],
    }),
  );
  console.log(url);
};
