// sign --signing-config FILE --token JWT --bundle FILE (--artifact FILE | --statement FILE)
'use strict';
const { bundleToJSON } = require('@sigstore/bundle');
const { SigningConfig } = require('@sigstore/protobuf-specs');
const { bundleBuilderFromSigningConfig } = require('@sigstore/sign');
const fs = require('node:fs');

module.exports = async (given) => {
  const builder = bundleBuilderFromSigningConfig({
    signingConfig: SigningConfig.fromJSON(JSON.parse(fs.readFileSync(given['signing-config'], 'utf8'))),
    identityProvider: { getToken: async () => given.token },
    bundleType: given.statement ? 'dsseEnvelope' : 'messageSignature',
  });
  const data = fs.readFileSync(given.statement ?? given.artifact);
  const bundle = await builder.create({ data, type: 'application/vnd.in-toto+json' });
  fs.writeFileSync(given.bundle, JSON.stringify(bundleToJSON(bundle)));
};
