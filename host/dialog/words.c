/* SPDX-License-Identifier: MIT */
#include "dialog/words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "dialog/value.h"

#define PIECE_MAX_LEN 2048U /* of a text's head or tail while it is put together */
#define VALUES_MAX    2U    /* {1} and {2} of a sentence */

/* Sentences that make up a text. {1} and {2} are values, made harmless before. */
enum sentence {
    S_WEBSITE,
    S_WINDOW,
    S_UKEY_LABEL_SERIAL,
    S_UKEY_LABEL,
    S_UKEY_SERIAL,
    S_UKEY,
    S_ACTION,
    S_MORE_LINES,
    S_DO_NOT_UNPLUG,
    S_TRIES_UNKNOWN,
    S_TRIES_LOW,
    S_TRIES_FINAL,
    S_PIN_STAYS,
    S_PROMPT,
    S_PROMPT_RANGE,
    S_PROMPT_MIN,
    S_PROMPT_MAX,
    S_COUNT
};

static const char *const sentences[S_COUNT][UKB_LANG_COUNT] = {
    [S_WEBSITE] = { "Website: {1}", "网站：{1}" },
    [S_WINDOW] = { "From: the window of UKey Bridge", "来源：UKey Bridge 窗口" },
    [S_UKEY_LABEL_SERIAL] = { "UKey: “{1}”, serial number {2}", "UKey：“{1}”，序列号 {2}" },
    [S_UKEY_LABEL] = { "UKey: “{1}”", "UKey：“{1}”" },
    [S_UKEY_SERIAL] = { "UKey: serial number {2}", "UKey：序列号 {2}" },
    [S_UKEY] = { "UKey: the one that is plugged in", "UKey：当前插入的 UKey" },
    [S_ACTION] = { "Action: {1}", "操作：{1}" },
    [S_MORE_LINES] = { "… and {1} more", "……另有 {1} 项" },
    [S_DO_NOT_UNPLUG] = { "Do not unplug the UKey until this is done.", "完成之前请勿拔出 UKey。" },
    [S_TRIES_UNKNOWN] = { "Too many wrong PINs lock the UKey.", "PIN 码多次输错会锁定 UKey。" },
    [S_TRIES_LOW] = { "A wrong PIN was entered before. Few tries are left before the UKey locks.",
                      "此前输错过 PIN 码，剩余次数不多，再多次输错会锁定 UKey。" },
    [S_TRIES_FINAL] = { "This is the last try: a wrong PIN locks the UKey.",
                        "这是最后一次机会：再输错一次，UKey 将被锁定。" },
    [S_PIN_STAYS] = { "The PIN goes to the UKey only. No web page sees it.", "PIN 码只交给 UKey，不会传给网页。" },
    /* pinentry-gtk2 knows by the "PIN" in the prompt that it is one. */
    [S_PROMPT] = { "UKey PIN:", "UKey PIN 码：" },
    [S_PROMPT_RANGE] = { "UKey PIN ({1} to {2} characters):", "UKey PIN 码（{1} 至 {2} 位）：" },
    [S_PROMPT_MIN] = { "UKey PIN (at least {1} characters):", "UKey PIN 码（至少 {1} 位）：" },
    [S_PROMPT_MAX] = { "UKey PIN (at most {2} characters):", "UKey PIN 码（最多 {2} 位）：" },
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
                             "检查 UKey，并完成或撤销此前中断的延期操作。" },
};

static const char *const changes[UKB_WORDS_CHANGE_COUNT][UKB_LANG_COUNT] = {
    [UKB_WORDS_ADD] = { "Add “{1}”, ends {2}", "写入“{1}”，有效期至 {2}" },
    [UKB_WORDS_REMOVE] = { "Remove “{1}”, ends {2}", "删除“{1}”，有效期至 {2}" },
    [UKB_WORDS_KEEP] = { "Keep “{1}”, ends {2}", "保留“{1}”，有效期至 {2}" },
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
};

/* The last row answers for every other id and shows it. */
static const struct {
    const char *id;
    const char *text[UKB_LANG_COUNT];
} questions[] = {
    { UKB_DIALOG_QUESTION_FINAL_TRY,
      { "Only one try is left for the PIN of this UKey. A wrong PIN locks the UKey, and only its issuer can unlock "
        "it.\n\n"
        "Use the last try now?",
        "此 UKey 的 PIN 码只剩最后一次输入机会。再输错一次，UKey "
        "将被锁定，只能由发证机构解锁。\n\n现在使用最后一次机会吗？" } },
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

enum ukb_lang
ukb_words_lang(const char *tag)
{
    if (tag != NULL && (tag[0] == 'z' || tag[0] == 'Z') && (tag[1] == 'h' || tag[1] == 'H') &&
        (tag[2] == '\0' || tag[2] == '-')) {
        return UKB_LANG_ZH;
    }
    return UKB_LANG_EN;
}

const char *
ukb_words_label(enum ukb_lang lang, enum ukb_words_label label)
{
    return labels[label][lang];
}

/* Append @p sentence with its {1} and {2} replaced by @p first and @p second, harmless texts. */
static enum ukb_status
fill(const char *sentence, const char *first, const char *second, struct ukb_buf *buf, struct ukb_error *reterr)
{
    const char *const values[VALUES_MAX] = { first, second };
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && *sentence != '\0') {
        const size_t len = strcspn(sentence, "{");

        st = ukb_buf_append(buf, sentence, len, reterr);
        sentence += len;
        if (st == UKB_OK && *sentence == '{') {
            st = ukb_buf_append_text(buf, values[sentence[1] - '1'], reterr);
            sentence += strlen("{1}");
        }
    }
    return st;
}

static enum ukb_status
say(enum ukb_lang lang, enum sentence which, const char *first, const char *second, struct ukb_buf *buf,
    struct ukb_error *reterr)
{
    return fill(sentences[which][lang], first, second, buf, reterr);
}

/* Append @p sentence with two values from outside, either of which may be NULL. */
static enum ukb_status
fill_outside(const char *sentence, const char *first, const char *second, struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf one = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    struct ukb_buf two = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    enum ukb_status st;

    st = ukb_value_append(first == NULL ? "" : first, UKB_VALUE_NAME, UKB_DIALOG_VALUE_MAX_LEN, &one, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_value_append(second == NULL ? "" : second, UKB_VALUE_NAME, UKB_DIALOG_VALUE_MAX_LEN, &two, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = fill(sentence, ukb_buf_text(&one), ukb_buf_text(&two), buf, reterr);
out:
    ukb_buf_done(&one);
    ukb_buf_done(&two);
    return st;
}

enum ukb_status
ukb_words_change(enum ukb_lang lang, enum ukb_words_change change, const char *common_name, const char *not_after,
                 struct ukb_buf *buf, struct ukb_error *reterr)
{
    return fill_outside(changes[change][lang], common_name, not_after, buf, reterr);
}

static enum ukb_status
say_who(enum ukb_lang lang, const char *origin, struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf shown = UKB_BUF_INIT(UKB_VALUE_MAX_LEN);
    enum ukb_status st;

    if (origin == NULL) {
        return say(lang, S_WINDOW, "", "", buf, reterr);
    }
    st = ukb_value_append(origin, UKB_VALUE_ORIGIN, UKB_DIALOG_VALUE_MAX_LEN, &shown, reterr);
    if (st == UKB_OK) {
        st = say(lang, S_WEBSITE, ukb_buf_text(&shown), "", buf, reterr);
    }
    ukb_buf_done(&shown);
    return st;
}

static enum ukb_status
say_ukey(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    const bool label = facts->token_label != NULL && facts->token_label[0] != '\0';
    const bool serial = facts->token_serial != NULL && facts->token_serial[0] != '\0';
    const enum sentence which = label && serial ? S_UKEY_LABEL_SERIAL
                                : label         ? S_UKEY_LABEL
                                : serial        ? S_UKEY_SERIAL
                                                : S_UKEY;

    return fill_outside(sentences[which][lang], facts->token_label, facts->token_serial, buf, reterr);
}

enum ukb_status
ukb_words_prompt(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf,
                 struct ukb_error *reterr)
{
    const bool min = facts->min_len > 0;
    const bool max = facts->max_len > 0;
    const enum sentence which = min && max ? S_PROMPT_RANGE : min ? S_PROMPT_MIN : max ? S_PROMPT_MAX : S_PROMPT;
    char min_text[24];
    char max_text[24];

    (void)snprintf(min_text, sizeof(min_text), "%zu", facts->min_len);
    (void)snprintf(max_text, sizeof(max_text), "%zu", facts->max_len);
    return say(lang, which, min_text, max_text, buf, reterr);
}

static enum ukb_status
say_question(enum ukb_lang lang, const char *id, struct ukb_buf *buf, struct ukb_error *reterr)
{
    size_t i = 0;

    while (questions[i].id != NULL && strcmp(questions[i].id, id) != 0) {
        i++;
    }
    return fill_outside(questions[i].text[lang], id, NULL, buf, reterr);
}

/* What stands above the lines: who asks, of which UKey, for what. */
static enum ukb_status
head(enum ukb_lang lang, const struct ukb_dialog_facts *facts, struct ukb_buf *buf, struct ukb_error *reterr)
{
    enum ukb_status st = say_who(lang, facts->origin, buf, reterr);

    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, "\n", reterr);
    }
    if (st == UKB_OK) {
        st = say_ukey(lang, facts, buf, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, "\n", reterr);
    }
    return st != UKB_OK ? st : say(lang, S_ACTION, actions[facts->action][lang], "", buf, reterr);
}

/* What stands below the lines: the question, or what the user has to know before giving the PIN. */
static enum ukb_status
tail(enum ukb_lang lang, const struct ukb_dialog_facts *facts, const char *question_id, struct ukb_buf *buf,
     struct ukb_error *reterr)
{
    static const enum sentence tries[] = { [UKB_DIALOG_TRIES_UNKNOWN] = S_TRIES_UNKNOWN,
                                           [UKB_DIALOG_TRIES_LOW] = S_TRIES_LOW,
                                           [UKB_DIALOG_TRIES_FINAL] = S_TRIES_FINAL };
    const enum sentence last[] = { S_DO_NOT_UNPLUG, tries[facts->tries], S_PIN_STAYS };
    enum ukb_status st = ukb_buf_append_text(buf, "\n", reterr);
    size_t i;

    if (question_id != NULL) {
        st = ukb_buf_append_text(buf, "\n", reterr);
        return st != UKB_OK ? st : say_question(lang, question_id, buf, reterr);
    }
    for (i = 0; st == UKB_OK && i < sizeof(last) / sizeof(last[0]); i++) {
        st = ukb_buf_append_text(buf, "\n", reterr);
        if (st == UKB_OK) {
            st = say(lang, last[i], "", "", buf, reterr);
        }
    }
    return st;
}

/* Append as many lines as take @p max_len on the wire, and the number of those that do not. */
static enum ukb_status
lines(enum ukb_lang lang, const struct ukb_dialog_facts *facts, size_t max_len, struct ukb_buf *buf,
      struct ukb_error *reterr)
{
    struct ukb_buf line = UKB_BUF_INIT(PIECE_MAX_LEN);
    struct ukb_buf more = UKB_BUF_INIT(PIECE_MAX_LEN);
    char count[24];
    enum ukb_status st = UKB_OK;
    size_t used = 0;
    size_t i;

    for (i = 0; i < facts->line_count; i++) {
        ukb_buf_clear(&line);
        ukb_buf_clear(&more);
        (void)snprintf(count, sizeof(count), "%zu", facts->line_count - i);
        st = ukb_buf_append_text(&more, "\n", reterr);
        if (st == UKB_OK) {
            st = say(lang, S_MORE_LINES, count, "", &more, reterr);
        }
        if (st == UKB_OK) {
            st = ukb_buf_append_text(&line, "\n• ", reterr);
        }
        if (st == UKB_OK) {
            st = ukb_value_append(facts->lines[i], UKB_VALUE_LINE, UKB_VALUE_MAX_LEN, &line, reterr);
        }
        if (st != UKB_OK) {
            goto out;
        }
        used += ukb_value_wire_len(ukb_buf_text(&line));
        /* Behind every line but the last there must be room left to say how many are missing. */
        if (used + (i + 1 < facts->line_count ? ukb_value_wire_len(ukb_buf_text(&more)) : 0) > max_len) {
            st = ukb_buf_append_text(buf, ukb_buf_text(&more), reterr);
            goto out;
        }
        st = ukb_buf_append_text(buf, ukb_buf_text(&line), reterr);
        if (st != UKB_OK) {
            goto out;
        }
    }
out:
    ukb_buf_done(&line);
    ukb_buf_done(&more);
    return st;
}

enum ukb_status
ukb_words_text(enum ukb_lang lang, const struct ukb_dialog_facts *facts, const char *question_id, size_t max_len,
               struct ukb_buf *buf, struct ukb_error *reterr)
{
    struct ukb_buf above = UKB_BUF_INIT(PIECE_MAX_LEN);
    struct ukb_buf below = UKB_BUF_INIT(PIECE_MAX_LEN);
    size_t fixed_len;
    enum ukb_status st;

    assert(max_len >= UKB_WORDS_TEXT_MIN_LEN);
    st = head(lang, facts, &above, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = tail(lang, facts, question_id, &below, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    fixed_len = ukb_value_wire_len(ukb_buf_text(&above)) + ukb_value_wire_len(ukb_buf_text(&below));
    st = lines(lang, facts, max_len > fixed_len ? max_len - fixed_len : 0, &above, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_buf_append_text(buf, ukb_buf_text(&above), reterr);
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, ukb_buf_text(&below), reterr);
    }
out:
    ukb_buf_done(&above);
    ukb_buf_done(&below);
    return st;
}
