// Signs what it is told with a key of its own: one line of JSON in, one out. jose is the library that issuers in Node use.
const {createRequire} = require('node:module');
const jose = createRequire(process.argv[2] + '/')('jose');

async function main() {
  const keys = {};
  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    keys[alg] = await jose.generateKeyPair(alg, {extractable: true, crv: alg === 'EdDSA' ? 'Ed25519' : undefined});
  }
  const secret = Buffer.alloc(32, 7);
  const {claims} = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  const made = [];
  for (const alg of ['RS256', 'ES256', 'EdDSA', 'HS256']) {
    const jwk = alg === 'HS256' ? {kty: 'oct', k: jose.base64url.encode(secret)} : await jose.exportJWK(keys[alg].publicKey);
    const token = await new jose.SignJWT(claims).setProtectedHeader({alg, typ: 'JWT', kid: `node-${alg}`})
      .setIssuedAt().setExpirationTime('10 minutes').sign(alg === 'HS256' ? secret : keys[alg].privateKey);
    made.push({jwk: {...jwk, kid: `node-${alg}`, alg}, token});
  }
  console.log(JSON.stringify(made));
}

main();
