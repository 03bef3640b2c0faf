/* SPDX-License-Identifier: MIT */
#include "card/commands.h"

#include <stdbool.h>
#include <string.h>

#include "core/der.h"
#include "core/limits.h"

#define COMMAND_MAX_LEN  261U
#define RESPONSE_MAX_LEN 258U
#define DATA_MAX_LEN     255U
#define ROUNDS_MAX       16U /* of one command: a response comes in one or two */

#define SELECT        0xA4U
#define READ_BINARY   0xB0U
#define GET_RESPONSE  0xC0U
#define UPDATE_BINARY 0xD6U
#define DELETE_FILE   0xE4U

#define FROM_MASTER_FILE 0x0800U /* SELECT's P1 and P2: by path; answer with the file's control information */

/* Status words */
#define DONE         0x9000U
#define MORE_WAITS   0x61U /* first octet: SW2 bytes are to be fetched */
#define WRONG_LENGTH 0x6CU /* first octet: SW2 is the right one */

#define CONTROL_INFORMATION 0x6FU /* tags of what SELECT answers (7816-4 §7.4.3) */
#define SIZE                0x80U
#define TOTAL_SIZE          0x81U

struct command {
    unsigned char class, instruction;
    unsigned int parameters; /* P1 and P2 */
    const unsigned char *data;
    size_t len;
    bool answers;        /* with data */
    size_t expected_len; /* at most so many; 0: as many as there are */
};

static enum ukb_status
send(const struct ukb_card_channel *channel, const struct command *command, unsigned char *ret_response,
     size_t *ret_len, struct ukb_error *reterr)
{
    unsigned char bytes[COMMAND_MAX_LEN] = { command->class, command->instruction,
                                             (unsigned char)(command->parameters >> 8U),
                                             (unsigned char)command->parameters };
    size_t len = 4;

    if (command->len > 0) {
        bytes[len++] = (unsigned char)command->len;
        memcpy(bytes + len, command->data, command->len);
        len += command->len;
    }
    if (command->answers && !(channel->by_characters && command->len > 0)) {
        bytes[len++] = (unsigned char)command->expected_len; /* 256 and 0 are the same */
    } else if (channel->by_characters && command->len == 0) {
        bytes[len++] = 0; /* P3 */
    }
    *ret_len = RESPONSE_MAX_LEN;
    return channel->transmit(channel->ctx, bytes, len, ret_response, ret_len, reterr);
}

/* Do the command, and append what it answers to @p answer, as T=0 may want it: in pieces, or asked again (7816-3
 * §12.2). */
static enum ukb_status
perform(const struct ukb_card_channel *channel, const struct command *command, struct ukb_buf *answer,
        struct ukb_error *reterr)
{
    struct command next = *command;
    unsigned char response[RESPONSE_MAX_LEN];
    unsigned int round;

    for (round = 0; round < ROUNDS_MAX; round++) {
        size_t len = 0;
        enum ukb_status st = send(channel, &next, response, &len, reterr);
        const unsigned int first = st == UKB_OK ? response[len - 2U] : 0;
        const unsigned int second = st == UKB_OK ? response[len - 1U] : 0;

        if (st == UKB_OK && first == WRONG_LENGTH && next.answers && next.expected_len != second) {
            next.expected_len = second;
            continue;
        }
        if (st == UKB_OK && first != MORE_WAITS && (first << 8U | second) != DONE) {
            return ukb_raise(reterr, UKB_E_UNSUPPORTED, first << 8U | second, "the card answered %02X%02X to %02X",
                             first, second, command->instruction);
        }
        if (st == UKB_OK) {
            st = ukb_buf_append(answer, response, len - 2U, reterr);
        }
        if (st != UKB_OK || first != MORE_WAITS) {
            return st;
        }
        next = (struct command){ .instruction = GET_RESPONSE, .answers = true, .expected_len = second };
    }
    return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card does not come to an end with %02X", command->instruction);
}

static void
put_id(unsigned int id, unsigned char *ret_bytes)
{
    ret_bytes[0] = (unsigned char)(id >> 8U);
    ret_bytes[1] = (unsigned char)id;
}

/* The folder itself, or that file of it. */
static enum ukb_status
select_path(const struct ukb_card_channel *channel, bool has_id, unsigned int id, struct ukb_buf *information,
            struct ukb_error *reterr)
{
    unsigned char path[4];
    const struct command command = {
        .instruction = SELECT, .parameters = FROM_MASTER_FILE, .data = path, .len = has_id ? 4U : 2U, .answers = true
    };

    put_id(channel->family->folder, path);
    put_id(id, path + 2);
    return perform(channel, &command, information, reterr);
}

enum ukb_status
ukb_card_list(const struct ukb_card_channel *channel, unsigned int *ret_ids, size_t *ret_count,
              struct ukb_error *reterr)
{
    const struct command command = { .class = channel->family->list_class,
                                     .instruction = channel->family->list_instruction,
                                     .parameters = channel->family->list_parameters,
                                     .answers = true };
    struct ukb_buf answer = UKB_BUF_INIT(RESPONSE_MAX_LEN);
    enum ukb_status st = select_path(channel, false, 0, &answer, reterr);
    size_t i;

    ukb_buf_clear(&answer);
    if (st == UKB_OK) {
        st = perform(channel, &command, &answer, reterr);
    }
    if (st == UKB_OK && (answer.len % 2U != 0 || answer.len / 2U > UKB_CARD_FILES_MAX)) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a list of files of %zu bytes", answer.len);
    }
    for (i = 0; st == UKB_OK && i < answer.len / 2U; i++) {
        ret_ids[i] = (unsigned int)answer.data[2U * i] << 8U | answer.data[2U * i + 1U];
    }
    if (st == UKB_OK) {
        *ret_count = answer.len / 2U;
    }
    ukb_buf_done(&answer);
    return st;
}

/* The size that the file control information tells. */
static bool
read_size(const struct ukb_buf *information, size_t *ret_size)
{
    struct ukb_der from = { information->data, information->len };
    struct ukb_der size;

    if (!ukb_der_take(&from, CONTROL_INFORMATION, &from)) {
        return false;
    }
    while (from.len > 0) {
        if (ukb_der_take(&from, SIZE, &size) || ukb_der_take(&from, TOTAL_SIZE, &size)) {
            if (size.len != 2) {
                return false;
            }
            *ret_size = (size_t)size.at[0] << 8U | size.at[1];
            return true;
        }
        if (!ukb_der_take_whole(&from, &size)) {
            return false;
        }
    }
    return false;
}

enum ukb_status
ukb_card_select(const struct ukb_card_channel *channel, unsigned int id, size_t *ret_size, struct ukb_error *reterr)
{
    struct ukb_buf information = UKB_BUF_INIT(RESPONSE_MAX_LEN);
    enum ukb_status st = select_path(channel, true, id, &information, reterr);

    if (st == UKB_OK && !read_size(&information, ret_size)) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card does not tell how large its file %04X is", id);
    }
    ukb_buf_done(&information);
    return st;
}

enum ukb_status
ukb_card_read_on(const struct ukb_card_channel *channel, size_t len, struct ukb_buf *content, struct ukb_error *reterr)
{
    const struct command command = { .instruction = READ_BINARY,
                                     .parameters = (unsigned int)content->len,
                                     .answers = true,
                                     .expected_len = len < DATA_MAX_LEN ? len : DATA_MAX_LEN };
    const size_t before = content->len;
    enum ukb_status st = perform(channel, &command, content, reterr);

    if (st == UKB_OK && content->len == before) {
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card reads nothing of its file at %zu", before);
    }
    return st;
}

/* Bytes of the selected file from @p at on, zero bytes behind the end of @p content. */
static enum ukb_status
update(const struct ukb_card_channel *channel, size_t at, size_t count, const unsigned char *content, size_t len,
       struct ukb_error *reterr)
{
    unsigned char piece[DATA_MAX_LEN] = { 0 };
    const struct command command = {
        .instruction = UPDATE_BINARY, .parameters = (unsigned int)at, .data = piece, .len = count
    };
    struct ukb_buf answer = UKB_BUF_INIT(RESPONSE_MAX_LEN);
    enum ukb_status st;

    if (at < len) {
        memcpy(piece, content + at, len - at < count ? len - at : count);
    }
    st = perform(channel, &command, &answer, reterr);
    ukb_buf_done(&answer);
    return st;
}

enum ukb_status
ukb_card_write(const struct ukb_card_channel *channel, unsigned int id, const unsigned char *content, size_t len,
               struct ukb_error *reterr)
{
    const unsigned char under_way = UKB_CARD_UNDER_WAY;
    size_t size = 0;
    size_t at = 1;
    enum ukb_status st = ukb_card_select(channel, id, &size, reterr);

    if (st == UKB_OK && size > UKB_CARD_DIRECTORY_MAX_LEN) { /* far below where an offset means another file */
        st = ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "the card's file %04X has %zu bytes", id, size);
    }
    if (st == UKB_OK && (size == 0 || len > size)) {
        st = ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "%zu bytes for the card's file %04X, which has %zu", len, id, size);
    }
    if (st == UKB_OK) {
        st = update(channel, 0, 1, &under_way, 1, reterr);
    }
    for (; st == UKB_OK && at < size; at += DATA_MAX_LEN) {
        st = update(channel, at, size - at < DATA_MAX_LEN ? size - at : DATA_MAX_LEN, content, len, reterr);
    }
    return st == UKB_OK ? update(channel, 0, 1, content, len, reterr) : st;
}

enum ukb_status
ukb_card_delete(const struct ukb_card_channel *channel, unsigned int id, struct ukb_error *reterr)
{
    const struct command command = { .class = channel->family->delete_class, .instruction = DELETE_FILE };
    struct ukb_buf answer = UKB_BUF_INIT(RESPONSE_MAX_LEN);
    enum ukb_status st = select_path(channel, true, id, &answer, reterr);

    ukb_buf_clear(&answer);
    if (st == UKB_OK) {
        st = perform(channel, &command, &answer, reterr);
    }
    ukb_buf_done(&answer);
    return st;
}
