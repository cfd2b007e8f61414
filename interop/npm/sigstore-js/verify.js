// verify --bundle FILE --trusted-root FILE [--artifact FILE | --subject SHA256] [--key PEM | --identity NAME --issuer URL]
//        [--logs N] [--timestamps N]
// The package leaves the subject of a statement to its callers.
'use strict';
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const crypto = require('node:crypto');
const fs = require('node:fs');

module.exports = async (given) => {
  const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(given.bundle, 'utf8')));
  const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(given['trusted-root'], 'utf8')));
  const key = given.key && crypto.createPublicKey(fs.readFileSync(given.key));
  const trust = toTrustMaterial(root, key && (() => ({ publicKey: key, validFor: () => true })));
  const verifier = new Verifier(trust, {
    ctlogThreshold: key ? 0 : 1,
    tlogThreshold: Number(given.logs ?? 1),
    timestampThreshold: Number(given.timestamps ?? 1),
  });
  const artifact = given.artifact && fs.readFileSync(given.artifact);
  const policy = key ? undefined : {
    subjectAlternativeName: new RegExp(`^${given.identity.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    extensions: { issuer: given.issuer },
  };
  verifier.verify(toSignedEntity(bundle, artifact), policy);
  if (given.subject) {
    const statement = JSON.parse(bundle.content.dsseEnvelope.payload);
    if (!statement.subject.some((subject) => subject.digest.sha256 === given.subject)) {
      throw new Error('another subject');
    }
  }
  console.log('verified');
};
