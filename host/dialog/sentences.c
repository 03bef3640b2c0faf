/* SPDX-License-Identifier: MIT */
#include "dialog/sentences.h"

#include <string.h>

static const char *const sentences[UKB_S_COUNT][UKB_LANG_COUNT] = {
    [UKB_S_WEBSITE] = { "Website: {1}", "网站：{1}" },
    [UKB_S_SIGN_IN] = { "Sign in to {1}", "登录网站 {1}" },
    [UKB_S_WINDOW] = { "From: the window of UKey Bridge", "来源：UKey Bridge 窗口" },
    [UKB_S_UKEY_LABEL_SERIAL] = { "UKey: “{1}”, serial number {2}", "UKey：“{1}”，序列号 {2}" },
    [UKB_S_UKEY_LABEL] = { "UKey: “{1}”", "UKey：“{1}”" },
    [UKB_S_UKEY_SERIAL] = { "UKey: serial number {2}", "UKey：序列号 {2}" },
    [UKB_S_UKEY] = { "UKey: the one that is plugged in", "UKey：当前插入的 UKey" },
    [UKB_S_ACTION] = { "Action: {1}", "操作：{1}" },
    [UKB_S_MORE_LINES] = { "… and {1} more", "……另有 {1} 项" },
    [UKB_S_DO_NOT_UNPLUG] = { "Do not unplug the UKey until this is done.", "完成之前请勿拔出 UKey。" },
    [UKB_S_TRIES_UNKNOWN] = { "Too many wrong PINs lock the UKey.", "PIN 码多次输错会锁定 UKey。" },
    [UKB_S_TRIES_LOW] = { "A wrong PIN was entered before. Few tries are left before the UKey locks.",
                          "此前输错过 PIN 码，剩余次数不多，再多次输错会锁定 UKey。" },
    [UKB_S_TRIES_FINAL] = { "This is the last try: a wrong PIN locks the UKey.",
                            "这是最后一次机会：再输错一次，UKey 将被锁定。" },
    [UKB_S_PIN_STAYS] = { "The PIN goes to the UKey only. No web page sees it.", "PIN 码只交给 UKey，不会传给网页。" },
    [UKB_S_ADMIN_WHO] = { "The administrator PIN (PUK) is kept by the certificate authority of the UKey. If you were "
                          "not given it, "
                          "cancel.",
                          "管理员 PIN 码（PUK）由发证机构保管。如果没有得到它，请取消。" },
    [UKB_S_ADMIN_TRIES_UNKNOWN] = { "Too many wrong administrator PINs lock the UKey for good: nobody can unlock it "
                                    "then.",
                                    "管理员 PIN 码多次输错，UKey 将永久锁定，任何人都无法再解锁。" },
    [UKB_S_ADMIN_TRIES_LOW] = { "A wrong administrator PIN was entered before. Few tries are left before the UKey "
                                "locks for good.",
                                "此前输错过管理员 PIN 码，剩余次数不多，再多次输错 UKey 将永久锁定。" },
    [UKB_S_ADMIN_TRIES_FINAL] = { "This is the last try: a wrong administrator PIN locks the UKey for good.",
                                  "这是最后一次机会：再输错一次，UKey 将永久锁定。" },
    [UKB_S_NEW_CHOOSE] = { "Choose a PIN that nobody can guess: no birthday, no phone number, no 123456.",
                           "请设置他人猜不到的 PIN 码，不要用生日、电话号码或 123456。" },
    [UKB_S_NEW_KEEP] = { "Remember it. Do not write it down, and tell nobody.",
                         "请牢记新 PIN 码，不要写下来，也不要告诉任何人。" },
    /* pinentry-gtk2 knows by the "PIN" in the prompt that it is one. */
    [UKB_S_PROMPT_LOGIN] = { "UKey PIN", "UKey PIN 码" },
    [UKB_S_PROMPT_OLD] = { "Present PIN", "当前 PIN 码" },
    [UKB_S_PROMPT_ADMIN] = { "Administrator PIN (PUK)", "管理员 PIN 码（PUK）" },
    [UKB_S_PROMPT_NEW] = { "New PIN", "新 PIN 码" },
    [UKB_S_LENGTH] = { ":", "：" },
    [UKB_S_LENGTH_RANGE] = { " ({1} to {2} characters):", "（{1} 至 {2} 位）：" },
    [UKB_S_LENGTH_MIN] = { " (at least {1} characters):", "（至少 {1} 位）：" },
    [UKB_S_LENGTH_MAX] = { " (at most {2} characters):", "（最多 {2} 位）：" },
};

static const char *const actions[UKB_DIALOG_ACTION_COUNT][UKB_LANG_COUNT] = {
    [UKB_DIALOG_RENEW_NEW_KEY] = { "request the renewal of your certificate with a new signing key, made on the UKey. "
                                   "Your present key and certificates stay as they are.",
                                   "申请证书延期，并在 UKey 中生成新的签名密钥。现有密钥和证书保持不变。" },
    [UKB_DIALOG_RENEW_SAME_KEY] = { "request the renewal of your certificate with the key that is on the UKey. "
                                    "Nothing on the UKey changes yet.",
                                    "使用 UKey 中现有的密钥申请证书延期。此步骤不会改动 UKey 中的内容。" },
    [UKB_DIALOG_ISSUE] = { "make a signing key on the UKey and request its first certificate.",
                           "在 UKey 中生成签名密钥，并申请新办证书。" },
    [UKB_DIALOG_CHANGE] = { "request a certificate with changed details of its holder. "
                            "Your present certificates stay as they are for now.",
                            "申请变更证书信息。现有证书暂时保持不变。" },
    [UKB_DIALOG_REPLACE] = { "make a signing key on the UKey and request a replacement certificate.",
                             "在 UKey 中生成签名密钥，并申请补办证书。" },
    [UKB_DIALOG_INSTALL] = { "write the new certificates to the UKey.", "将新证书写入 UKey。" },
    [UKB_DIALOG_ABANDON] = { "give up this request and delete the key that was made for it. "
                             "A certificate issued for this request can then no longer be installed.",
                             "放弃本次申请，并删除为其生成的密钥。此后，针对本次申请签发的证书将无法安装。" },
    [UKB_DIALOG_RECOVER] = { "check the UKey, and finish or undo a renewal that was interrupted.",
                             "检查 UKey，并完成或撤销此前中断的更新。" },
    [UKB_DIALOG_MEND] = { "repair the UKey, which was pulled out while it was written. No key or certificate is lost. "
                          "The PIN is asked again afterwards, to go on.",
                          "修复 UKey（上次写入时被拔出）。密钥和证书不会丢失。修复后会再次要求输入 PIN 码，以继续操作。" },
    [UKB_DIALOG_PIN_CHANGE] = { "change the PIN of this UKey. Its present PIN is asked first, then the new one.",
                                "修改此 UKey 的 PIN 码。先输入当前 PIN 码，再设置新 PIN 码。" },
    [UKB_DIALOG_PIN_CHANGE_INITIAL] = { "replace the initial PIN of this UKey; until then the UKey cannot be used. "
                                        "The initial PIN is asked first, then the new one.",
                                        "修改此 UKey 的初始 PIN 码，修改后才能使用。先输入初始 PIN 码，再设置新 PIN "
                                        "码。" },
    [UKB_DIALOG_PIN_UNBLOCK] = { "unlock this UKey by giving it a new PIN. The administrator PIN is asked first. "
                                 "Keys and certificates stay.",
                                 "解锁此 UKey 并设置新的 PIN 码。先输入管理员 PIN 码。密钥和证书保持不变。" },
    [UKB_DIALOG_PIN_RESET] = { "set a new PIN for this UKey, as its certificate authority allows. The page knows "
                               "neither the "
                               "administrator PIN nor the new one.",
                               "经发证机构授权，为此 UKey 重设 PIN 码。网页不知道管理员 PIN 码，也不会知道新 PIN "
                               "码。" },
    [UKB_DIALOG_SIGN_IN] = { "prove to this website who you are. If you are not signing in there now, cancel.",
                             "向该网站证明您的身份。如果您没有在登录该网站，请取消。" },
};

static const char *const changes[UKB_WORDS_CHANGE_COUNT][UKB_WORDS_USE_COUNT][UKB_LANG_COUNT] = {
    [UKB_WORDS_ADD] = { { "Add “{1}”, ends {2}", "写入“{1}”，有效期至 {2}" },
                        { "Add signing certificate “{1}”, ends {2}", "写入签名证书“{1}”，有效期至 {2}" },
                        { "Add encryption certificate “{1}”, ends {2}", "写入加密证书“{1}”，有效期至 {2}" } },
    [UKB_WORDS_REMOVE] = { { "Remove “{1}”, ends {2}", "删除“{1}”，有效期至 {2}" },
                           { "Remove signing certificate “{1}”, ends {2}", "删除签名证书“{1}”，有效期至 {2}" },
                           { "Remove encryption certificate “{1}”, ends {2}", "删除加密证书“{1}”，有效期至 {2}" } },
    [UKB_WORDS_KEEP] = { { "Keep “{1}”, ends {2}", "保留“{1}”，有效期至 {2}" },
                         { "Keep signing certificate “{1}”, ends {2}", "保留签名证书“{1}”，有效期至 {2}" },
                         { "Keep encryption certificate “{1}”, ends {2}", "保留加密证书“{1}”，有效期至 {2}" } },
    [UKB_WORDS_USE] = { { "Use “{1}”, ends {2}", "使用“{1}”，有效期至 {2}" },
                        { "Use signing certificate “{1}”, ends {2}", "使用签名证书“{1}”，有效期至 {2}" },
                        { "Use encryption certificate “{1}”, ends {2}", "使用加密证书“{1}”，有效期至 {2}" } },
};

static const char *const labels[UKB_WORDS_LABEL_COUNT][UKB_LANG_COUNT] = {
    [UKB_WORDS_TITLE] = { "UKey Bridge", "UKey Bridge" },
    [UKB_WORDS_OK] = { "_OK", "确定(_O)" },
    [UKB_WORDS_CANCEL] = { "_Cancel", "取消(_C)" },
    [UKB_WORDS_YES] = { "C_ontinue", "继续(_O)" },
    [UKB_WORDS_NO] = { "_Cancel", "取消(_C)" },
    [UKB_WORDS_CAPS_LOCK] = { "Caps Lock is on", "大写锁定已开启" },
    [UKB_WORDS_SHOW_PIN] = { "Show the PIN", "显示 PIN 码" },
    [UKB_WORDS_HIDE_PIN] = { "Hide the PIN", "隐藏 PIN 码" },
    [UKB_WORDS_ASK_SHOW] = { "Show the PIN on the screen? Others may see it.",
                             "在屏幕上显示 PIN 码？他人可能会看到。" },
    [UKB_WORDS_REPEAT] = { "Repeat the new PIN:", "再次输入新 PIN 码：" },
};

static const char *const refusals[UKB_WORDS_REFUSAL_COUNT][UKB_LANG_COUNT] = {
    [UKB_WORDS_TOO_SHORT] = { "The new PIN is too short: it needs at least {1} characters.",
                              "新 PIN 码太短：至少需要 {1} 位。" },
    [UKB_WORDS_TOO_LONG] = { "The new PIN is too long: it may have at most {2} characters.",
                             "新 PIN 码太长：最多 {2} 位。" },
    [UKB_WORDS_DIFFERENT] = { "The two entries of the new PIN differ.", "两次输入的新 PIN 码不一致。" },
    [UKB_WORDS_LIKE_OLD] = { "The new PIN is the present one. Choose another.",
                             "新 PIN 码与当前 PIN 码相同，请另设一个。" },
    [UKB_WORDS_LIKE_ADMIN] = { "The new PIN must not be the administrator PIN. Choose another.",
                               "新 PIN 码不能与管理员 PIN 码相同，请另设一个。" },
};

/* The last row answers for every other id and shows it. */
static const struct {
    const char *id;
    const char *text[UKB_LANG_COUNT];
} questions[] = {
    { UKB_DIALOG_QUESTION_FINAL_TRY,
      { "Only one try is left for the PIN of this UKey. A wrong PIN locks the UKey, and only its certificate authority "
        "can unlock "
        "it.\n\n"
        "Use the last try now?",
        "此 UKey 的 PIN 码只剩最后一次输入机会。再输错一次，UKey "
        "将被锁定，只能由发证机构解锁。\n\n现在使用最后一次机会吗？" } },
    { UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY,
      { "Only one try is left for the administrator PIN of this UKey. If it is wrong, the UKey is locked for good, and "
        "nobody can unlock it.\n\nUse the last try now?",
        "此 UKey 的管理员 PIN 码只剩最后一次输入机会。再输错一次，UKey 将永久锁定，任何人都无法解锁。\n\n"
        "现在使用最后一次机会吗？" } },
    { UKB_DIALOG_QUESTION_PIN_PAD,
      { "This UKey asks for its PINs on its own keypad or reader. Never type them on the computer.\n\n"
        "Continue, and then follow the device?",
        "此 UKey 的 PIN 码须在其自带的键盘或读卡器上输入，不要在电脑上输入。\n\n继续，并按设备提示操作？" } },
    { UKB_DIALOG_QUESTION_NOT_YET_VALID,
      { "The new certificate is not valid yet. Until it is, websites may refuse this UKey.\n\nWrite it all the same?",
        "新证书尚未生效。在生效之前，网站可能无法使用此 UKey。\n\n仍要写入吗？" } },
    { UKB_DIALOG_QUESTION_SUBJECT_DIFFERS,
      { "The holder's details in the new certificate differ from those in the present one.\n\n"
        "Are the new details right?",
        "新证书中的用户信息与现有证书不一致。\n\n新的信息是否正确？" } },
    { UKB_DIALOG_QUESTION_OLD_FILES,
      { "The new certificate has a new encryption key. Files encrypted until now, such as bids, still need the old "
        "key. "
        "The old key stays on the UKey.\n\nContinue?",
        "新证书使用新的加密密钥。此前加密的文件（如投标文件）仍需用旧密钥打开，旧密钥会保留在 UKey "
        "中。\n\n要继续吗？" } },
    { UKB_DIALOG_QUESTION_WEAK_ALGORITHM,
      { "The new certificate uses an algorithm that is considered weak today.\n\nWrite it all the same?",
        "新证书使用的算法目前被认为强度不足。\n\n仍要写入吗？" } },
    { NULL, { "Please note: {1}.\n\nContinue all the same?", "请注意：{1}。\n\n仍要继续吗？" } },
};

const char *
ukb_sentence(enum ukb_lang lang, enum ukb_sentence which)
{
    return sentences[which][lang];
}

const char *
ukb_sentence_action(enum ukb_lang lang, enum ukb_dialog_action action)
{
    return actions[action][lang];
}

const char *
ukb_sentence_change(enum ukb_lang lang, enum ukb_words_change change, enum ukb_words_use use)
{
    return changes[change][use][lang];
}

const char *
ukb_sentence_refusal(enum ukb_lang lang, enum ukb_words_refusal refusal)
{
    return refusals[refusal][lang];
}

const char *
ukb_words_label(enum ukb_lang lang, enum ukb_words_label label)
{
    return labels[label][lang];
}

const char *
ukb_sentence_question(enum ukb_lang lang, const char *question_id)
{
    size_t i = 0;

    while (questions[i].id != NULL && strcmp(questions[i].id, question_id) != 0) {
        i++;
    }
    return questions[i].text[lang];
}
