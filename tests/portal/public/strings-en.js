// SPDX-License-Identifier: MIT
// @ts-check
/** What users read, in English. strings-zh.js has the same keys. */
export const en = Object.freeze({
  title: 'CA certificate renewal',
  brand: 'Sample Procurement',
  brandSub: 'Certificate self-service',
  skip: 'Skip to content',
  footer:
    'UKey Bridge demonstration portal. Companies, certificates and fees are made up; payment is simulated.',
  steps: 'Steps',
  'step.read': 'Read certificate',
  'step.apply': 'Apply',
  'step.pay': 'Pay',
  'step.wait': 'Issuing',
  'step.update': 'Update',
  'step.done': 'Done',

  'guide.title': 'Please note',
  'guide.insert': 'Plug in the UKey whose certificate you want to renew.',
  'guide.early': 'Renew about a month before the certificate ends.',
  'guide.pin':
    'Type the PIN only into the window of your system, never into a web page. Too many wrong tries lock the UKey.',
  'guide.unplug': 'Do not unplug the UKey while it is being updated.',
  'guide.bids':
    'While the keys stay, bids encrypted earlier can be opened as before. After a change of keys they still need the old encryption key.',

  'read.title': 'Read the certificates on your UKey',
  'read.text':
    'Plug in the UKey and choose “Read certificate” to see its certificates and their dates. Reading does not need the PIN.',
  'read.start': 'Read certificate',
  'read.again': 'Read again',
  'read.busy': 'Reading the UKey…',
  'read.choose': 'Choose the certificate to renew',
  'read.use': 'Use this certificate',
  'read.none': 'There is no signing certificate to renew on this UKey.',
  'read.unfinished': 'There is an unfinished renewal',
  'read.unfinishedText':
    'The renewal of the certificate of “{name}” was begun and is not finished.',
  'read.goOn': 'Go on with it',
  'read.noUkey': 'No UKey found',
  'read.noUkeyText': 'Plug in the UKey. This page continues by itself.',
  'read.problems':
    'These UKey drivers did not work, and their UKeys cannot be shown:',

  'apply.title': 'The certificate to be renewed',
  'apply.text': 'Check the certificate, then choose “Apply for renewal”.',
  'apply.button': 'Apply for renewal',
  'apply.other': 'Another certificate',
  'apply.ask': 'Apply for renewal?',
  'apply.askText':
    'One more year for “{name}”, at ¥200.00 (a demonstration: nothing is charged).',
  'apply.confirm': 'Apply',
  'apply.cancel': 'Cancel',
  'apply.busy': 'Creating the order…',
  'apply.expired':
    'This certificate has expired. It is repaired by the same steps.',

  'keys.same': 'Renewal, keys stay',
  'keys.new': 'Renewal with new keys',
  'keys.same-none': 'The signing key stays; only the certificate is exchanged.',
  'keys.same-keep':
    'Signing key and encryption key stay; both certificates are exchanged. Bids encrypted earlier can still be opened.',
  'keys.new-none': 'The UKey makes a new signing key.',
  'keys.new-replace':
    'The UKey makes a new signing key. The CA’s key-management centre makes a new encryption key and sends it to the UKey, encrypted.',
  'keys.new-add':
    'The UKey makes a new signing key. The CA’s key-management centre makes an encryption key and sends it to the UKey, encrypted.',
  'keys.add': 'Apply for an encryption certificate, too',
  'keys.addText':
    'This UKey has none yet, and can neither encrypt nor open bids.',
  'keys.warning':
    'After a change of keys, bids encrypted earlier still need the old encryption key. It stays on the UKey with its certificate: do not delete it. If a tender has not been opened yet, better wait until it is.',

  'pay.title': 'Pay for the order',
  'pay.text': 'Check the order and pay by scanning the code.',
  'pay.qr': 'Drawing of a payment code; it cannot be scanned',
  'pay.qrText': 'Nothing is charged here: choose the button below.',
  'pay.button': 'Simulate payment',
  'pay.busy': 'Confirming the payment…',

  'wait.paidTitle': 'Payment received',
  'wait.paidText':
    'Now make the certificate request: a window of your system shows this site and asks for the PIN, and the UKey signs the request.',
  'wait.button': 'Make the request',
  'wait.busy': 'Making the certificate request…',
  'wait.title': 'Waiting for the certificate',
  'wait.text':
    'The request was sent. The CA checks it and issues the certificate, usually within one or two working days. You may close this page and come back to the same address.',
  'wait.watching': 'Asking for the result…',
  'wait.abandonTitle': 'Another renewal is not finished',
  'wait.abandonText':
    'There is another unfinished renewal for this UKey. Going on gives it up: a certificate issued for it can no longer be installed.',
  'wait.abandon': 'Give it up and go on',

  'update.title': 'Ready to update',
  'update.text': 'Check the new begin and end dates before you update.',
  'update.reading': 'Comparing the new certificate with the UKey…',
  'update.button': 'Update certificate',
  'update.warning':
    'A window of your system will ask for the PIN. Do not unplug the UKey during the update.',
  'update.interrupted': 'The last update was not finished',
  'update.interruptedText':
    'It broke off while the certificate was written: the UKey was unplugged, the computer lost power or the browser was closed. Leave the UKey plugged in, choose “Go on updating” and type the PIN again: what is missing will be done.',
  'update.interruptedSafe':
    'The old or the new certificate is usable, no key was lost, and nothing is charged again.',
  'pending.finish': 'Going on will write what is missing.',
  'pending.undo':
    'Going on will first restore what was there before, then write anew.',
  'update.goOn': 'Go on updating',
  'update.busy': 'Updating the certificate…',
  'update.current': 'Current',
  'update.next': 'New',
  'update.none': 'None',
  'update.sameKey': 'Key stays',
  'update.newKey': 'New key',
  'update.keeps': 'These certificates stay on the UKey with their keys:',
  'update.know': 'Before you update',
  'warning.OLD_FILES_NEED_OLD_KEY':
    'The encryption key changes. Bids encrypted earlier can be opened with the old encryption key only. It stays on the UKey with its certificate: do not delete it. A window of your system will ask you to confirm this.',
  'warning.SUBJECT_DIFFERS':
    'The new certificate does not name the same company or person data as the old one.',
  'warning.NOT_YET_VALID':
    'The new certificate is not valid before the day it begins.',
  'warning.WEAK_SIGNATURE': 'The new certificate is signed by a weak method.',
  'warning.WEAK_KEY': 'The key of the new certificate is short.',

  'done.title': 'The update is complete',
  'done.text': 'These dates were read back from the UKey.',
  'done.reading': 'Reading the new certificate back from the UKey…',
  'done.oldKey':
    'The old encryption certificate and its key are still on the UKey, for opening earlier bids. Do not delete them.',
  'done.seal':
    'If you use an electronic seal, extend it next, so that it works with the new certificate.',
  'done.home': 'Back to the start',

  'fact.subject': 'Subject',
  'fact.organization': 'Company',
  'fact.serial': 'Serial number',
  'fact.issuer': 'Issued by',
  'fact.notBefore': 'Begins',
  'fact.notAfter': 'Ends',
  'fact.daysLeft': 'Days left',
  'fact.ukey': 'UKey',
  'fact.ukeySerial': 'UKey number',
  'fact.order': 'Order',
  'fact.payer': 'Payer',
  'fact.code': 'Credit code',
  'fact.item': 'Item',
  'fact.itemText': 'Certificate renewal, one year',
  'fact.keys': 'Keys',
  'fact.amount': 'Amount',
  'fact.paidAmount': 'Paid',
  'fact.created': 'Ordered',
  'fact.paid': 'Paid on',
  'fact.requested': 'Requested',
  'fact.certificate': 'Certificate',
  'role.signing': 'Signing certificate',
  'role.encryption': 'Encryption certificate',
  'role.both': 'Signing and encryption certificate',
  'role.unknown': 'Certificate',
  'state.valid': 'Valid',
  'state.expiring': 'Ends soon',
  'state.expired': 'Expired',
  'state.not-yet-valid': 'Not valid yet',
  days: '{n} days',
  daysAgo: 'ended {n} days ago',
  copy: 'Copy',
  copied: 'Copied'
});
