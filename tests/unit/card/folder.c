/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <string.h>

static const unsigned char MYEID[] = { 0x3B, 0xF5, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE,
                                       0x45, 'M',  'y',  'E',  'I',  'D',  0x9A };
static const unsigned char CONTENTS[] = {
    0xA0, 0x0A, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x44, 0x02, /* private keys */
    0xA1, 0x0A, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x44, 0x04, /* public keys */
    0xA4, 0x0A, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x44, 0x03, /* certificates */
    0xA5, 0x0A, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x44, 0x05, /* trusted ones: there is no such file */
    0xA8, 0x0A, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x44, 0x01, /* PINs */
};

struct folder folder;

struct folder_file *
folder_find(unsigned int id)
{
    size_t i;

    for (i = 0; i < folder.count; i++) {
        if (folder.files[i].id == id) {
            return &folder.files[i];
        }
    }
    return NULL;
}

struct folder_file *
folder_add(unsigned int id, const void *content, size_t len)
{
    struct folder_file *file = &folder.files[folder.count++];

    assert_true(folder.count <= FOLDER_FILES);
    memset(file, 0, sizeof(*file));
    file->id = id;
    file->size = content == NULL ? 16 : len;
    if (content != NULL) {
        memcpy(file->content, content, len);
    }
    return file;
}

void
folder_remove(unsigned int id)
{
    struct folder_file *file = folder_find(id);

    assert_non_null(file);
    *file = folder.files[--folder.count];
}

static size_t
answer(unsigned char *ret, const void *data, size_t len, unsigned int status)
{
    if (len > 0) {
        memcpy(ret, data, len);
    }
    ret[len] = (unsigned char)(status >> 8U);
    ret[len + 1U] = (unsigned char)status;
    return len + 2U;
}

/* T=0: what a command that sent data answers waits for GET RESPONSE. */
static unsigned char waiting[UKB_CARD_RESPONSE_MAX_LEN];
static size_t waiting_len;

static size_t
have_wait(unsigned char *ret, const void *data, size_t len)
{
    memcpy(waiting, data, len);
    waiting_len = len;
    return answer(ret, NULL, 0, 0x6100U | (unsigned int)len);
}

static size_t
select_file(const unsigned char *command, size_t len, unsigned char *ret)
{
    const bool has_id = command[4] == 4;
    const unsigned int id = has_id ? (unsigned int)command[7] << 8U | command[8] : 0;
    unsigned char information[] = { 0x6F, 0x07, 0x82, 0x01, 0x01, 0x80, 0x02, 0x00, 0x00 };
    const struct folder_file *file = folder_find(id);

    assert_int_equal(command[2] << 8 | command[3], 0x0800);
    assert_memory_equal(command + 5, "\x50\x15", 2);
    if (has_id && file == NULL) {
        return answer(ret, NULL, 0, 0x6A82);
    }
    folder.selected = id;
    if (has_id) {
        information[7] = (unsigned char)(file->size >> 8U);
        information[8] = (unsigned char)file->size;
    }
    if (folder.by_characters) {
        assert_int_equal(len, 5U + command[4]); /* no Le */
        return have_wait(ret, information, sizeof(information));
    }
    assert_int_equal(len, 6U + command[4]);
    return answer(ret, information, sizeof(information), 0x9000);
}

static size_t
list(const unsigned char *command, unsigned char *ret)
{
    unsigned char ids[2U * FOLDER_FILES];
    size_t len = 0;
    size_t i;

    assert_int_equal(command[2] << 8 | command[3], 0x01A1);
    assert_int_equal(folder.selected, 0);
    for (i = 0; i < folder.count; i++) {
        ids[len++] = (unsigned char)(folder.files[i].id >> 8U);
        ids[len++] = (unsigned char)folder.files[i].id;
    }
    if (folder.in_pieces) {
        memcpy(waiting, ids + len - 2U, 2);
        waiting_len = 2;
        return answer(ret, ids, len - 2U, 0x6102);
    }
    return answer(ret, ids, len, 0x9000);
}

static size_t
read_or_update(const unsigned char *command, size_t len, unsigned char *ret)
{
    struct folder_file *file = folder_find(folder.selected);
    const size_t at = (size_t)command[2] << 8U | command[3];
    size_t count = command[4];

    assert_non_null(file);
    if (command[1] == 0xD6) {
        assert_int_equal(len, 5U + count);
        assert_true(at + count <= file->size);
        memcpy(file->content + at, command + 5, count);
        return answer(ret, NULL, 0, 0x9000);
    }
    assert_true(at < file->size);
    count = count > file->size - at ? file->size - at : count;
    if (folder.in_pieces && command[4] > 7) {
        return answer(ret, NULL, 0, 0x6C00U | (count > 7 ? 7U : (unsigned int)count)); /* "so many, rather" */
    }
    return answer(ret, file->content + at, count, 0x9000);
}

static size_t
obey(const unsigned char *command, size_t len, unsigned char *ret)
{
    if (folder.is_logged_out && (command[1] == 0xD6 || command[1] == 0xE4)) {
        return answer(ret, NULL, 0, UKB_CARD_SECURITY_STATUS);
    }
    if (command[1] == folder.refuses) {
        return answer(ret, NULL, 0, folder.refusal);
    }
    switch (command[1]) {
    case 0xA4:
        return select_file(command, len, ret);
    case 0xC0:
        assert_int_equal(command[4], waiting_len);
        return answer(ret, waiting, waiting_len, 0x9000);
    case 0xCA:
        return list(command, ret);
    case 0xB0:
    case 0xD6:
        return read_or_update(command, len, ret);
    case 0xE4:
        assert_int_equal(command[0], 0xA0);
        assert_int_equal(command[2] << 8 | command[3], 0);
        assert_true(len == 4 || (folder.by_characters && len == 5)); /* it takes no data: what is selected goes */
        folder_remove(folder.selected);
        return answer(ret, NULL, 0, 0x9000);
    default:
        return answer(ret, NULL, 0, 0x6D00);
    }
}

static enum ukb_status
transmit(void *ctx, const unsigned char *command, size_t command_len, unsigned char *ret_response, size_t *inout_len,
         struct ukb_error *reterr)
{
    const bool is_pulled = folder.pulled_at != 0 && ++folder.commands >= folder.pulled_at;

    assert_ptr_equal(ctx, &folder);
    memcpy(folder.last, command, command_len < sizeof(folder.last) ? command_len : sizeof(folder.last));
    if (!is_pulled || (folder.pulled_after && folder.commands == folder.pulled_at)) {
        *inout_len = obey(command, command_len, ret_response);
    } else if (folder.commands == folder.pulled_at && command[1] == 0xD6) {
        memcpy(folder_find(folder.selected)->content + ((size_t)command[2] << 8U | command[3]), command + 5,
               folder.pulled_within < command[4] ? folder.pulled_within : command[4]);
    }
    return is_pulled ? ukb_raise(reterr, UKB_E_TOKEN_REMOVED, 0, "pulled") : UKB_OK;
}

struct ukb_card_channel
folder_make(void)
{
    static const unsigned char empty[FOLDER_SIZE];
    const struct ukb_card_channel channel = { .family = ukb_card_family_of(MYEID, sizeof(MYEID)),
                                              .transmit = transmit,
                                              .ctx = &folder };

    memset(&folder, 0, sizeof(folder));
    folder.refusal = UKB_CARD_SECURITY_STATUS;
    (void)folder_add(ODF, empty, 255);
    memcpy(folder_find(ODF)->content, CONTENTS, sizeof(CONTENTS));
    (void)folder_add(PRKDF, empty, sizeof(empty));
    (void)folder_add(PUKDF, empty, sizeof(empty));
    (void)folder_add(CDF, empty, sizeof(empty));
    (void)folder_add(0x4401, "pins", 4);
    assert_non_null(channel.family);
    return channel;
}

/* Everything here is shorter than 128 bytes: a length is one octet. */
static struct ukb_der
entry(const unsigned char *head, size_t head_len, const char *label, const unsigned char *tail, size_t tail_len)
{
    static unsigned char bytes[160];
    const size_t label_len = strlen(label);
    size_t len = 0;

    bytes[len++] = 0x30;
    bytes[len++] = (unsigned char)(4U + label_len + head_len + tail_len);
    bytes[len++] = 0x30;
    bytes[len++] = (unsigned char)(2U + label_len + head_len);
    bytes[len++] = 0x0C;
    bytes[len++] = (unsigned char)label_len;
    memcpy(bytes + len, label, label_len);
    memcpy(bytes + len + label_len, head, head_len);
    memcpy(bytes + len + label_len + head_len, tail, tail_len);
    return (struct ukb_der){ bytes, len + label_len + head_len + tail_len };
}

/* A path to a file of the folder, 3F00 5015 and its id, ends with that id: at @p at. */
static void
point_to(unsigned int id, unsigned char *at)
{
    at[0] = (unsigned char)(id >> 8U);
    at[1] = (unsigned char)id;
}

struct ukb_der
folder_certificate(unsigned int id, const char *label)
{
    static const unsigned char head[] = { 0x03, 0x02, 0x06, 0x40 };
    unsigned char tail[] = { 0x30, 0x03, 0x04, 0x01, 0x01, 0xA1, 0x0C, 0x30, 0x0A, 0x30,
                             0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x00, 0x00 };

    point_to(id, tail + 17);
    return entry(head, sizeof(head), label, tail, sizeof(tail));
}

struct ukb_der
folder_rsa_key(unsigned int id, const char *label)
{
    static const unsigned char head[] = { 0x03, 0x02, 0x06, 0xC0, 0x04, 0x01, 0x01 };
    unsigned char tail[] = { 0x30, 0x0A, 0x04, 0x01, 0x01, 0x03, 0x02, 0x04, 0x30, 0x02, 0x01, 0x01, 0xA1, 0x10, 0x30,
                             0x0E, 0x30, 0x08, 0x04, 0x06, 0x3F, 0x00, 0x50, 0x15, 0x00, 0x00, 0x02, 0x02, 0x08, 0x00 };

    tail[4] = (unsigned char)id;
    point_to(id, tail + 24);
    return entry(head, sizeof(head), label, tail, sizeof(tail));
}

void
folder_name(unsigned int directory, struct ukb_der added)
{
    struct folder_file *file = folder_find(directory);
    size_t at = 0;

    while (file->content[at] != 0) {
        at += 2U + file->content[at + 1U];
    }
    assert_true(at + added.len <= file->size);
    memcpy(file->content + at, added.at, added.len);
}
