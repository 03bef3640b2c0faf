// SPDX-License-Identifier: MIT
// @ts-check
/** Words for failures and progress, in Chinese: title by kind, advice by reason. */
export const troubleZh = Object.freeze({
  'trouble.extension': '没有连接到 UKey Bridge',
  'trouble.host': 'UKey Bridge 本机程序未就绪',
  'trouble.origin': '本网站未获准使用 UKey',
  'trouble.off': 'UKey Bridge 已停用',
  'trouble.token': '没有找到 UKey',
  'trouble.missing': '没有找到证书',
  'trouble.cut': '与 UKey 的连接中断',
  'trouble.removed': 'UKey 被拔出',
  'trouble.pin': 'PIN 码未通过验证',
  'trouble.locked': 'UKey 已锁定',
  'trouble.cancelled': '操作已取消',
  'trouble.module': 'UKey 驱动出现问题',
  'trouble.certificate': '新证书不能写入这个 UKey',
  'trouble.renewal': '延期没有完成',
  'trouble.portal': '门户没有接受这一步',
  'trouble.network': '无法连接门户',
  'trouble.other': '操作没有完成',
  'trouble.reason': '原因代码：{reason}',
  'trouble.tries': '还可以尝试 {n} 次，全部输错后 UKey 将被锁定。',
  'trouble.retry': '重试',
  'trouble.continue': '继续',
  'trouble.reload': '刷新页面',
  'trouble.home': '重新开始',

  'advice.NO_TOKEN': '请插入本次办理延期的 UKey，然后点击“继续”。',
  'advice.TOKEN_REMOVED':
    '请重新插入同一个 UKey，然后点击“继续”。UKey 中的原证书或新证书仍可使用，未完成的步骤会接着办理。',
  'advice.HOST_DISCONNECTED':
    '请不要拔出 UKey，点击“继续”：本页会先查看 UKey 中的结果，再接着办理未完成的步骤。',
  'advice.PROOF_FAILED': '可以点击“重试”再写入一次，不会另外收费。',
  'advice.NEEDS_ATTENTION':
    '请保留 UKey 的现状和本页的订单编号，以便颁发机构或客服核对。',
  'advice.TOKEN_FULL':
    '新证书没有写入，原证书仍可使用。请联系颁发机构清理 UKey 后，用本网址继续。',
  'advice.UNSUPPORTED':
    'UKey 没有改动。请联系客服，改用不更换密钥的延期，或更换 UKey。',
  'advice.PIN_INCORRECT':
    '请确认 PIN 码后点击“重试”。忘记 PIN 码时请不要反复尝试。',
  'advice.PIN_LOCKED': '请联系证书颁发机构办理 UKey 解锁，然后用本网址继续。',
  'advice.PIN_FINAL_TRY': '只剩最后一次机会。不确定 PIN 码时请先联系颁发机构。',
  'advice.CANCELLED': '没有写入任何内容。需要继续时请点击“重试”。',
  'advice.MODULE_HUNG':
    '请拔出 UKey、重新插入后重试，并退出其他省市的证书控件。',
  'advice.ROLLED_BACK': '原证书没有改变，仍可使用。可以点击“重试”。',
  'advice.NOT_READ_BACK':
    '没有在 UKey 中读到新证书。请确认插入的是本次延期的 UKey，然后点击“继续”。',
  'advice.NO_CERTIFICATE':
    'UKey 中没有本订单要延期的证书。请确认插入的是本次延期的 UKey。',
  'problem.MODULE_HUNG':
    '“{module}”没有响应。请退出其他证书控件，拔出 UKey、重新插入后重新读取。',
  'problem.MODULE_CRASHED':
    '“{module}”异常退出。请拔出 UKey、重新插入后重新读取。',
  'problem.MODULE_MISSING':
    '“{module}”没有安装或不能在本机使用。请安装证书颁发机构提供的驱动。',
  'problem.other': '“{module}”不能使用。请重新读取。',
  'api.UNKNOWN_CA': '该证书不是由本平台的 CA 机构颁发，不能在此办理延期。',
  'api.NO_ORDER': '没有找到这个订单，请重新开始办理。',
  'api.WRONG_STATE': '订单状态已变化，请刷新页面。',
  'api.WRONG_CHALLENGE': '证书申请不属于这个订单。',
  'api.WRONG_ORIGIN': '证书申请是为另一个网站签署的。',
  'api.WRONG_KEY': '证书申请使用的密钥与订单不符。',
  'api.WEAK_KEY':
    '此 UKey 的密钥类型不能办理更换密钥，请选择不更换密钥的延期。',
  'api.BAD_SIGNATURE': '证书申请的签名无效。',
  'api.NETWORK': '请检查网络后重试。',
  'api.other': '门户拒绝了请求，请重试或联系客服。',

  'progress.step': '第 {done} 步，共 {total} 步',
  'progress.pin': '请在系统弹出的窗口中确认并输入 PIN 码。',
  'progress.writing': '正在写入，请勿拔出 UKey，也不要关闭本页。',
  'progress.cancel': '取消',
  'doing.check': '检查证书',
  'doing.confirm': '等待确认',
  'doing.pin': '等待输入 PIN 码',
  'doing.generate-key': '在 UKey 中生成密钥',
  'doing.sign-request': '签署证书申请',
  'doing.import-key': '把加密密钥送入 UKey',
  'doing.write': '写入新证书',
  'doing.read-back': '读回并核对',
  'doing.prove': '验证新证书可用',
  'doing.commit': '保存结果',
  'doing.tidy': '整理',
  'doing.other': '正在处理'
});
