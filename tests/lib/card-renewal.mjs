// SPDX-License-Identifier: MIT
// card-renewal - a virtual smart card on which a renewal waits for its certificate.
import { createHash, X509Certificate } from 'node:crypto';

import { cardScene } from './card.mjs';
import { issue, theCa } from './scene.mjs';

/** Ask for a renewal of the newest certificate: what `renewal.install` is given. */
export async function request(stage, token, key, options) {
  const { certificates } = await stage.call(
    'certificates.list',
    { token, pem: true },
    options
  );
  const old = certificates.reduce((one, other) =>
    one.notAfter > other.notAfter ? one : other
  );
  const wish = { token, kind: 'renew', certificate: old.id, key };
  const { renewal } = await stage.withPin('renewal.begin', wish, options);
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { old, params: { renewal: renewal.id, signing, chain } };
}

/** `{stage, old, token, params}`: a card on which a renewal is asked for, through `hostOf(stage)`. */
export async function requestedOnCard(
  t,
  { key = 'same', policy, days, hostOf = (stage) => stage.host() } = {}
) {
  const pairs = [{ label: 'my bids', days }];
  const stage = await cardScene(t, { pairs, policy });
  const options = { host: hostOf(stage) };
  const [{ id: token }] = await stage.tokens(options);
  return { stage, token, ...(await request(stage, token, key, options)) };
}

/** A certificate's id: SHA-256 of its DER. */
export const idOf = (pem) =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
