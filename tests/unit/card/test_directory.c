/* SPDX-License-Identifier: MIT */
/* Unit tests for card/directory.c, with what OpenSC wrote to a card; and with each of these broken off at each byte. */
#include "folder.h"

#include <string.h>

#include "card/directory.h"

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        (const unsigned char *)(text), sizeof(text) - 1U                                                               \
    }

static const struct {
    struct ukb_der whole;
    unsigned int id;
} entries[] = {
    /* an EC private key: its choice is tagged, and it has its owner's name */
    { BYTES("\xA0\x81\x95\x30\x10\x0C\x07signing\x03\x02\x06\xC0\x04\x01\x01\x30\x0A\x04\x01\x01\x03\x02\x04\x30\x02"
            "\x01\x01\xA0\x63\x30\x61\x30\x5F\x31\x0B\x30\x09\x06\x03\x55\x04\x06\x13\x02\x43\x4E\x31\x27\x30\x25\x06"
            "\x03\x55\x04\x0A\x0C\x1E\xE6\xB1\x9F\xE8\x8B\x8F\xE7\xA4\xBA\xE4\xBE\x8B\xE7\xA7\x91\xE6\x8A\x80\xE6\x9C"
            "\x89\xE9\x99\x90\xE5\x85\xAC\xE5\x8F\xB8\x31\x27\x30\x25\x06\x03\x55\x04\x03\x0C\x1E\xE6\xB1\x9F\xE8\x8B"
            "\x8F\xE7\xA4\xBA\xE4\xBE\x8B\xE7\xA7\x91\xE6\x8A\x80\xE6\x9C\x89\xE9\x99\x90\xE5\x85\xAC\xE5\x8F\xB8\xA1"
            "\x10\x30\x0E\x30\x08\x04\x06\x3F\x00\x50\x15\x4B\x01\x02\x02\x01\x00"),
      0x4B01 },
    /* public keys: EC, RSA */
    { BYTES("\xA0\x2C\x30\x0D\x0C\x07signing\x03\x02\x06\x40\x30\x0D\x04\x01\x01\x03\x02\x00\x01\x01\x01\x00\x02\x01"
            "\x00\xA1\x0C\x30\x0A\x30\x08\x04\x06\x3F\x00\x50\x15\x55\x01"),
      0x5501 },
    { BYTES("\x30\x30\x30\x0D\x0C\x07signing\x03\x02\x06\x40\x30\x0D\x04\x01\x01\x03\x02\x00\x01\x01\x01\x00\x02\x01"
            "\x00\xA1\x10\x30\x0E\x30\x08\x04\x06\x3F\x00\x50\x15\x55\x02\x02\x02\x08\x00"),
      0x5502 },
    /* a certificate */
    { BYTES("\x30\x25\x30\x10\x0C\x0A"
            "encryption\x03\x02\x06\x40\x30\x03\x04\x01\x02\xA1\x0C\x30\x0A\x30\x08\x04\x06\x3F\x00\x50\x15\x43\x02"),
      0x4302 },
};

static const struct ukb_card_family *family;

static int
setup(void **state)
{
    (void)state;
    family = folder_make().family;
    return 0;
}

static void
each_kind_of_entry_names_its_file(void **state)
{
    unsigned char directory[512] = { 0 };
    struct ukb_der rest = { directory, sizeof(directory) };
    struct ukb_card_entry entry;
    size_t len = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        memcpy(directory + len, entries[i].whole.at, entries[i].whole.len);
        len += entries[i].whole.len;
    }
    for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        assert_int_equal(ukb_card_entry_next(family, &rest, &entry), UKB_CARD_ENTRY);
        assert_true(entry.is_file);
        assert_int_equal(entry.id, entries[i].id);
        assert_int_equal(entry.whole.len, entries[i].whole.len);
    }
    assert_int_equal(ukb_card_entry_next(family, &rest, &entry), UKB_CARD_END);
    assert_ptr_equal(rest.at, directory + len);
}

/* What was never written is zero bytes: such an entry is seen to be broken, or names a file that cannot be there. */
static void
an_entry_that_breaks_off_is_not_taken_for_itself(void **state)
{
    size_t i;
    size_t cut;

    (void)state;
    for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        for (cut = 1; cut < entries[i].whole.len; cut++) {
            unsigned char bytes[256] = { 0 };
            struct ukb_der rest = { bytes, sizeof(bytes) };
            struct ukb_card_entry entry;

            memcpy(bytes, entries[i].whole.at, cut);
            if (memcmp(bytes, entries[i].whole.at, entries[i].whole.len) == 0) {
                continue; /* its end is zero bytes, too */
            }
            if (ukb_card_entry_next(family, &rest, &entry) == UKB_CARD_ENTRY) {
                assert_true(entry.is_file);
                assert_int_equal(entry.id & 0xFFU, 0); /* the path lacks its last byte: no module numbers a file so */
            }
        }
    }
}

static void
an_object_in_the_directory_itself_has_no_file(void **state)
{
    /* value [0]: the public key's own bytes */
    struct ukb_der rest = BYTES("\x30\x12\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x06\x30\x04\xA0\x02\x30\x00");
    struct ukb_card_entry entry;

    (void)state;
    assert_int_equal(ukb_card_entry_next(family, &rest, &entry), UKB_CARD_ENTRY);
    assert_false(entry.is_file);
}

static void
a_file_of_another_folder_is_not_ours(void **state)
{
    struct ukb_der rest =
        BYTES("\x30\x18\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x0C\x30\x0A\x30\x08\x04\x06\x3F\x00\x50\x16\x43\x01");
    struct ukb_der short_path =
        BYTES("\x30\x14\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x08\x30\x06\x30\x04\x04\x02\x43\x01");
    struct ukb_card_entry entry;

    (void)state;
    assert_int_equal(ukb_card_entry_next(family, &rest, &entry), UKB_CARD_ENTRY);
    assert_false(entry.is_file);
    assert_int_equal(ukb_card_entry_next(family, &short_path, &entry), UKB_CARD_ENTRY);
    assert_true(entry.is_file); /* relative: in the folder itself */
    assert_int_equal(entry.id, 0x4301);
}

static void
what_is_no_entry_is_broken_and_ends_nothing(void **state)
{
    static const struct ukb_der junk[] = {
        BYTES("\x30\x05\x02"),             /* beyond the end */
        BYTES("\x30\x80\x00\x00"),         /* no definite length */
        BYTES("\x30\x03\x02\x01"),         /* a part beyond its whole */
        BYTES("\x30\x04\x02\x02\x00\x01"), /* a number that is too long */
        BYTES("\x30\x02\x02\x00"),         /* none at all */
        BYTES("\x30\x02\x00\x00"),
        BYTES("\x30\x00"),                                                      /* nothing but its tag */
        BYTES("\x30\x0A\x30\x03\x0C\x01x\x30\x03\x04\x01\x01"),                 /* no type */
        BYTES("\x30\x0E\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x02\x30\x00"), /* and nothing in it */
        BYTES("\x30\x18\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x0C\x30\x0A\x30\x08\x04\x06\x3F\x00\x50\x00\x00\x00"),
        BYTES("\x30\x1C\x30\x03\x0C\x01x\x30\x03\x04\x01\x01\xA1\x10\x30\x0E\x30\x0C\x04\x0A\x3F\x00\x50\x15"
              "\x00\x00\x00\x00\x00\x00"), /* as OpenSC writes the same again */
        BYTES("\x30\x12\x30\x10\x30\x0E\x30\x0C\x30\x0A\x30\x08\x30\x06\x30\x04\x30\x02\x30\x00"), /* too deep */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        struct ukb_der rest = junk[i];
        struct ukb_card_entry entry;

        assert_int_equal(ukb_card_entry_next(family, &rest, &entry), UKB_CARD_BROKEN);
        assert_ptr_equal(rest.at, junk[i].at);
    }
}

static void
the_contents_name_the_directories_of_objects(void **state)
{
    const struct folder_file *odf = folder_find(ODF);
    unsigned int ids[8];

    (void)state;
    assert_int_equal(ukb_card_directories(family, (struct ukb_der){ odf->content, odf->size }, ids, 8), 4);
    assert_int_equal(ids[0], PRKDF);
    assert_int_equal(ids[1], PUKDF);
    assert_int_equal(ids[2], CDF);
    assert_int_equal(ids[3], 0x4405);
    assert_int_equal(ukb_card_directories(family, (struct ukb_der){ odf->content, odf->size }, ids, 2), 2);
    assert_int_equal(ukb_card_directories(family, (struct ukb_der){ odf->content, 0 }, ids, 8), 0);
    assert_int_equal(ukb_card_directories(family, (struct ukb_der)BYTES("\xA0\x55\x30"), ids, 8), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_kind_of_entry_names_its_file, setup),
        cmocka_unit_test_setup(an_entry_that_breaks_off_is_not_taken_for_itself, setup),
        cmocka_unit_test_setup(an_object_in_the_directory_itself_has_no_file, setup),
        cmocka_unit_test_setup(a_file_of_another_folder_is_not_ours, setup),
        cmocka_unit_test_setup(what_is_no_entry_is_broken_and_ends_nothing, setup),
        cmocka_unit_test_setup(the_contents_name_the_directories_of_objects, setup),
    };

    return cmocka_run_group_tests_name("card/directory", tests, NULL, NULL);
}
