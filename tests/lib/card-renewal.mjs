// SPDX-License-Identifier: MIT
// card-renewal - a virtual smart card on which a renewal waits for its certificate.
import { createHash, X509Certificate } from 'node:crypto';

import { cardScene } from './card.mjs';
import { issue, theCa } from './scene.mjs';

/** `{stage, old, token, params}`: what `renewal.install` is given; asked for through `hostOf(stage)`. */
export async function requestedOnCard(
  t,
  { key = 'same', policy, hostOf = (stage) => stage.host() } = {}
) {
  const stage = await cardScene(t, { pairs: [{ label: 'my bids' }], policy });
  const options = { host: hostOf(stage) };
  const [{ id: token }] = await stage.tokens(options);
  const { certificates } = await stage.call(
    'certificates.list',
    { token, pem: true },
    options
  );
  const [old] = certificates;
  const wish = { token, kind: 'renew', certificate: old.id, key };
  const { renewal } = await stage.withPin('renewal.begin', wish, options);
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  const params = { renewal: renewal.id, signing, chain };
  return { stage, old, token, params };
}

/** A certificate's id: SHA-256 of its DER. */
export const idOf = (pem) =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
