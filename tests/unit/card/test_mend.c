/* SPDX-License-Identifier: MIT */
/*
 * Unit tests for card/mend.c. A call of a module is played as OpenSC makes it, and broken off at every byte of every
 * directory that it writes: what is left is mended, and the other objects are still there.
 */
#include "folder.h"

#include <string.h>

#include "card/mend.h"

#define SIGNING    0x4301U
#define ENCRYPTION 0x4302U
#define SIGN_KEY   0x4B01U
#define SIGN_PUB   0x5501U
#define OPEN_KEY   0x4B02U
#define OPEN_PUB   0x5502U
#define NEW        0x4303U
#define NEW_KEY    0x4B03U
#define NEW_PUB    0x5503U

static struct ukb_card_channel channel;
static struct ukb_card_image before;
static const struct ukb_card_image nothing;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&before, 0, sizeof(before));
    channel = folder_make();
    (void)folder_add(SIGN_KEY, NULL, 0);
    (void)folder_add(SIGN_PUB, "p", 1);
    (void)folder_add(SIGNING, "signing's", 9);
    (void)folder_add(OPEN_KEY, NULL, 0);
    (void)folder_add(OPEN_PUB, "q", 1);
    (void)folder_add(ENCRYPTION, "encryption's", 12);
    folder_name(PRKDF, folder_rsa_key(SIGN_KEY, "signing"));
    folder_name(PRKDF, folder_rsa_key(OPEN_KEY, "encryption"));
    folder_name(PUKDF, folder_rsa_key(SIGN_PUB, "signing"));
    folder_name(PUKDF, folder_rsa_key(OPEN_PUB, "encryption"));
    folder_name(CDF, folder_certificate(SIGNING, "signing"));
    folder_name(CDF, folder_certificate(ENCRYPTION, "encryption"));
    assert_int_equal(ukb_card_before(&channel, &nothing, &before, &err), UKB_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_card_image_done(&before);
    return 0;
}

static bool
is_torn(void)
{
    bool torn = false;

    assert_int_equal(ukb_card_is_torn(&channel, &before, &torn, &err), UKB_OK);
    return torn;
}

static bool
mend(void)
{
    bool mended = false;
    const enum ukb_status st = ukb_card_mend(&channel, &before, &mended, &err);

    if (st != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return mended;
}

/* Is the card as whole as one that a call may begin on, with its old objects under their entries? */
static void
expect_whole(void)
{
    static const unsigned int old[] = { SIGN_KEY, SIGN_PUB, OPEN_KEY, OPEN_PUB, ENCRYPTION };
    struct ukb_card_image now = { .count = 0 };
    size_t i;

    assert_false(is_torn());
    assert_int_equal(ukb_card_before(&channel, &before, &now, &err), UKB_OK);
    for (i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
        assert_non_null(ukb_card_image_find(&now, old[i]));
    }
    ukb_card_image_done(&now);
}

/* Is that directory, byte for byte, what it was before? */
static void
expect_unchanged(unsigned int directory)
{
    const struct ukb_card_file *was = ukb_card_image_find(&before, directory);
    unsigned char content[FOLDER_SIZE] = { 0 };

    assert_non_null(was);
    memcpy(content, was->content, was->len);
    assert_memory_equal(folder_find(directory)->content, content, FOLDER_SIZE);
}

/* The directory as it is, and as @p change makes it; written up to the @p cut-th byte. */
static void
write_in_part(unsigned int directory, void (*change)(unsigned int directory), size_t cut)
{
    struct folder_file *file = folder_find(directory);
    unsigned char old[FOLDER_SIZE];

    memcpy(old, file->content, sizeof(old));
    change(directory);
    memcpy(file->content + cut, old + cut, sizeof(old) - cut);
}

static void
name_new_certificate(unsigned int directory)
{
    folder_name(directory, folder_certificate(NEW, "a label that is longer than the others"));
}

static void
name_new_key(unsigned int directory)
{
    folder_name(directory, folder_rsa_key(directory == PRKDF ? NEW_KEY : NEW_PUB, "UKey Bridge"));
}

/* The first entry goes, the others move up. */
static void
forget_first(unsigned int directory)
{
    struct folder_file *file = folder_find(directory);
    const size_t len = 2U + file->content[1];

    memmove(file->content, file->content + len, FOLDER_SIZE - len);
    memset(file->content + FOLDER_SIZE - len, 0, len);
}

/* The key gets the label of its certificate, which moves those behind it down. */
static void
label_first_key(unsigned int directory)
{
    struct folder_file *file = folder_find(directory);

    memset(file->content, 0, FOLDER_SIZE);
    folder_name(directory, folder_rsa_key(SIGN_KEY, "a label that is longer"));
    folder_name(directory, folder_rsa_key(OPEN_KEY, "encryption"));
}

static int
again(void **state)
{
    (void)teardown(state);
    return setup(state);
}

static void
a_certificate_that_was_being_written_is_taken_back(void **state)
{
    size_t cut;

    for (cut = 0; cut <= 200; cut++) {
        bool mended = false;

        (void)again(state);
        (void)folder_add(NEW, "new", 3);
        write_in_part(CDF, name_new_certificate, cut);
        mended = mend();
        assert_int_equal(mended, folder_find(NEW) == NULL); /* taken back, or there with its entry */
        if (mended) {
            expect_unchanged(CDF);
        }
        expect_whole();
        assert_non_null(folder_find(SIGNING));
    }
    assert_non_null(folder_find(NEW)); /* the last one was written to its end */
}

static void
the_label_of_a_key_that_was_being_changed_comes_back(void **state)
{
    size_t cut;

    for (cut = 0; cut <= 200; cut++) {
        (void)again(state);
        (void)folder_add(NEW, "new", 3);
        write_in_part(CDF, name_new_certificate, FOLDER_SIZE);
        write_in_part(PRKDF, label_first_key, cut);
        (void)mend();
        expect_whole();
        assert_non_null(folder_find(SIGNING));
    }
}

#define THIRD_KEY 0x4B07U

static void
put_three_keys(const char *first_label)
{
    memset(folder_find(PRKDF)->content, 0, FOLDER_SIZE);
    folder_name(PRKDF, folder_rsa_key(SIGN_KEY, first_label));
    folder_name(PRKDF, folder_rsa_key(OPEN_KEY, "encryption"));
    folder_name(PRKDF, folder_rsa_key(THIRD_KEY, "of another"));
}

/* Its label grows by the length of the entry behind it: that moves to where another of its length was. */
static void
grow_first_of_three(unsigned int directory)
{
    const size_t len = folder_rsa_key(OPEN_KEY, "encryption").len;
    char label[128] = "signing";

    assert_int_equal(directory, PRKDF);
    memset(label + strlen(label), 'x', len);
    put_three_keys(label);
}

/* The front of one entry, the rest of the next: both are of one length, and every byte of it makes sense. */
static void
an_entry_that_was_half_moved_onto_another_comes_back(void **state)
{
    unsigned char whole[FOLDER_SIZE];
    size_t cut;

    (void)again(state);
    grow_first_of_three(PRKDF);
    memcpy(whole, folder_find(PRKDF)->content, sizeof(whole));
    for (cut = 0; cut <= 300; cut++) {
        (void)again(state);
        (void)folder_add(THIRD_KEY, NULL, 0);
        put_three_keys("signing");
        ukb_card_image_done(&before);
        assert_int_equal(ukb_card_before(&channel, &nothing, &before, &err), UKB_OK);
        (void)folder_add(NEW, "new", 3);
        write_in_part(CDF, name_new_certificate, FOLDER_SIZE);
        write_in_part(PRKDF, grow_first_of_three, cut);
        (void)mend();
        if (memcmp(folder_find(PRKDF)->content, whole, sizeof(whole)) != 0) {
            expect_unchanged(PRKDF);
        }
        expect_whole();
    }
}

/* The label of a key was being changed, up to that byte. */
static void
tear_label(void **state, size_t torn)
{
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    write_in_part(CDF, name_new_certificate, FOLDER_SIZE);
    write_in_part(PRKDF, label_first_key, torn);
}

/* Of a mending that was cut off within a command of its own no byte is taken for an entry's. */
static void
a_mending_that_was_cut_within_a_command_is_done_again(void **state)
{
    size_t torn;
    size_t at;
    size_t cut;

    for (torn = 40; torn <= 160; torn += 7) {
        tear_label(state, torn);
        if (!is_torn()) {
            continue;
        }
        folder.commands = 0;
        folder.pulled_at = (size_t)-1; /* it counts, and nothing is pulled */
        assert_true(mend());
        for (at = folder.commands; at > 0; at--) { /* from its last command on */
            for (cut = 0; cut <= 160; cut += 5) {
                bool mended = false;

                tear_label(state, torn);
                folder.pulled_at = at;
                folder.pulled_within = cut;
                assert_int_equal(ukb_card_mend(&channel, &before, &mended, &err), UKB_E_TOKEN_REMOVED);
                folder.pulled_at = 0;
                (void)mend();
                expect_unchanged(PRKDF);
                expect_whole();
            }
        }
    }
}

static void
a_key_that_was_being_made_goes(void **state)
{
    bool mended = false;
    size_t cut;

    for (cut = 0; cut <= 200; cut++) {
        (void)again(state);
        (void)folder_add(NEW_KEY, NULL, 0);
        write_in_part(PRKDF, name_new_key, cut);
        mended = mend();
        assert_int_equal(mended, folder_find(NEW_KEY) == NULL);
        if (mended) {
            expect_unchanged(PRKDF);
        }
        expect_whole();
    }
    for (cut = 0; cut <= 200; cut++) { /* its public half, behind it */
        (void)again(state);
        (void)folder_add(NEW_KEY, NULL, 0);
        write_in_part(PRKDF, name_new_key, FOLDER_SIZE);
        (void)folder_add(NEW_PUB, "n", 1);
        write_in_part(PUKDF, name_new_key, cut);
        mended = mend();
        assert_int_equal(mended, folder_find(NEW_PUB) == NULL);
        if (mended) {
            expect_unchanged(PUKDF);
        }
        assert_non_null(folder_find(NEW_KEY)); /* a half that is whole stays: it may be somebody's */
        expect_whole();
    }
}

/* Another program wrote to the card behind the cut, and was cut off itself: what it finished is not ours to take away.
 */
static void
what_is_whole_is_never_taken_away(void **state)
{
    size_t cut;

    for (cut = 0; cut <= 200; cut++) {
        (void)again(state);
        (void)folder_add(NEW_KEY, NULL, 0);
        folder_name(PRKDF, folder_rsa_key(NEW_KEY, "another's"));
        (void)folder_add(NEW_PUB, "n", 1);
        write_in_part(PUKDF, name_new_key, cut);
        (void)mend();
        expect_whole();
        assert_non_null(folder_find(NEW_KEY));
        (void)again(state);
        (void)folder_add(0x4307, "another's", 9);
        folder_name(CDF, folder_certificate(0x4307, "another's"));
        (void)folder_add(NEW, "new", 3);
        write_in_part(CDF, name_new_certificate, cut);
        assert_false(mend()); /* two certificates: by whom, nobody knows */
        assert_non_null(folder_find(0x4307));
    }
}

static void
an_object_whose_file_is_gone_loses_its_entry_and_the_others_come_back(void **state)
{
    size_t cut;

    for (cut = 0; cut <= 200; cut++) {
        (void)again(state);
        folder_remove(SIGNING);
        write_in_part(CDF, forget_first, cut);
        (void)mend();
        expect_whole();
        assert_null(folder_find(SIGNING));
        assert_non_null(folder_find(ENCRYPTION));
    }
}

/* Cut off itself at each of its commands, before and after it, and done again. */
static void
what_is_being_mended_may_be_pulled_out_too(void **state)
{
    size_t at;
    int after;

    for (after = 0; after < 2; after++) {
        bool done = false;

        for (at = 1; !done; at++) {
            bool mended = false;

            (void)again(state);
            (void)folder_add(NEW_KEY, NULL, 0);
            (void)folder_add(NEW_PUB, "n", 1);
            write_in_part(PRKDF, name_new_key, 130);
            folder.commands = 0;
            folder.pulled_at = at;
            folder.pulled_after = after == 1;
            done = ukb_card_mend(&channel, &before, &mended, &err) == UKB_OK;
            folder.pulled_at = 0;
            (void)mend();
            expect_whole();
            assert_null(folder_find(NEW_KEY));
            assert_null(folder_find(NEW_PUB));
        }
        assert_true(at > 15); /* it took some commands */
    }
}

static void
a_whole_card_is_left_as_it_is(void **state)
{
    (void)state;
    assert_false(mend());
    (void)folder_add(NEW, "new", 3); /* a call that came to its end */
    name_new_certificate(CDF);
    assert_false(mend());
    assert_non_null(folder_find(NEW));
    (void)folder_add(0x4304, "another", 7); /* and, on another computer, some more */
    folder_name(CDF, folder_certificate(0x4304, "another"));
    folder_remove(SIGNING);
    forget_first(CDF);
    assert_false(mend());
    assert_non_null(folder_find(0x4304));
}

static void
what_one_cut_call_cannot_have_done_is_left_alone(void **state)
{
    unsigned int i;

    /* three files */
    for (i = 0; i < 3; i++) {
        (void)folder_add(NEW + i, "new", 3);
    }
    assert_false(is_torn());
    assert_false(mend());
    assert_non_null(folder_find(NEW));
    /* two that are gone */
    (void)again(state);
    folder_remove(SIGNING);
    folder_remove(ENCRYPTION);
    assert_false(is_torn());
    /* one that came, and one that is gone */
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    folder_remove(SIGNING);
    assert_false(is_torn());
    /* two of a kind; a certificate and a key */
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    (void)folder_add(NEW + 1, "new", 3);
    assert_false(is_torn());
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    (void)folder_add(NEW_KEY, NULL, 0);
    assert_false(is_torn());
    /* another object in a file that there was */
    (void)again(state);
    folder_find(PRKDF)->content[24] = 7; /* iD of the first key */
    (void)folder_add(NEW, "new", 3);
    assert_false(is_torn());
    /* a file of another kind came */
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    (void)folder_add(0x4601, "data", 4);
    assert_false(is_torn());
    /* other directories are in use now */
    (void)again(state);
    (void)folder_add(NEW, "new", 3);
    folder_find(ODF)->content[11] = 0x12;
    assert_false(is_torn());
}

static void
an_entry_that_nobody_explains_is_left_alone(void **state)
{
    ukb_card_image_done(&before);
    (void)folder_add(0x4310, "without an entry", 16); /* had been there, whosever it is */
    assert_int_equal(ukb_card_before(&channel, &nothing, &before, &err), UKB_OK);
    assert_false(mend());
    assert_non_null(folder_find(0x4310));
    folder_name(CDF, folder_certificate(0x4310, "found again")); /* another program has named it since */
    (void)folder_add(NEW, "new", 3);
    assert_false(is_torn());
    (void)state;
}

static void
a_card_whose_directories_are_not_clear_has_no_before(void **state)
{
    struct ukb_card_image image = { .count = 0 };

    folder_name(CDF, folder_certificate(NEW, "its file is not there"));
    assert_int_equal(ukb_card_before(&channel, &nothing, &image, &err), UKB_E_TOKEN_ERROR);
    (void)again(state);
    folder_name(CDF, folder_certificate(SIGNING, "twice the same file"));
    assert_int_equal(ukb_card_before(&channel, &nothing, &image, &err), UKB_OK); /* all is seen */
    assert_int_equal(image.count, 0);
    (void)folder_add(NEW, "and", 3);
    (void)folder_add(NEW_KEY, "more than", 9);
    (void)folder_add(NEW_PUB, "one call", 8);
    /* what there was tells nothing any more */
    assert_int_equal(ukb_card_before(&channel, &before, &image, &err), UKB_OK);
    assert_int_equal(image.count, 0);
    (void)again(state);
    folder_find(CDF)->content[1] = 0x7F;
    assert_int_equal(ukb_card_before(&channel, &nothing, &image, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(image.count, 0);
}

static void
a_card_that_does_not_let_us_write_says_so(void **state)
{
    bool mended = false;

    (void)folder_add(NEW, "new", 3);
    write_in_part(CDF, name_new_certificate, 100);
    folder.refuses = 0xD6;
    assert_int_equal(ukb_card_mend(&channel, &before, &mended, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(err.native, 0x6982);
    assert_false(mended);
    assert_true(is_torn()); /* nobody was logged in, say */
    (void)again(state);
    (void)folder_add(NEW, "new", 3); /* all directories are whole */
    folder.is_logged_out = true;
    assert_int_equal(ukb_card_mend(&channel, &before, &mended, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(err.native, 0x6982);
    assert_false(mended);
    folder.is_logged_out = false;
    assert_true(mend());
    expect_whole();
}

/* Its room is lost, no more. */
static void
a_file_that_may_not_be_deleted_is_in_nobodys_way(void **state)
{
    static const unsigned int refusals[] = { 0x6985, 0x6982 };
    size_t cut;
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        for (cut = 0; cut <= 100; cut += 100) { /* no directory is to be written, or one */
            (void)again(state);
            (void)folder_add(NEW, "new", 3);
            write_in_part(CDF, name_new_certificate, cut);
            folder.refuses = 0xE4;
            folder.refusal = refusals[i];
            assert_true(mend());
            assert_non_null(folder_find(NEW));
            ukb_card_image_done(&before);
            assert_int_equal(ukb_card_before(&channel, &nothing, &before, &err), UKB_OK);
            expect_whole();
        }
    }
}

/* What the module would not see it would overwrite. */
static void
a_torn_card_is_not_written_to(void **state)
{
    struct ukb_card_image image = { .count = 0 };

    (void)state;
    (void)folder_add(NEW, "new", 3); /* the directories are whole, and do not have it */
    assert_int_equal(ukb_card_before(&channel, &before, &image, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(image.count, 0);
    assert_true(mend());
    assert_int_equal(ukb_card_before(&channel, &before, &image, &err), UKB_OK);
    ukb_card_image_done(&image);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_certificate_that_was_being_written_is_taken_back),
        CASE(the_label_of_a_key_that_was_being_changed_comes_back),
        CASE(an_entry_that_was_half_moved_onto_another_comes_back),
        CASE(a_mending_that_was_cut_within_a_command_is_done_again),
        CASE(a_key_that_was_being_made_goes),
        CASE(what_is_whole_is_never_taken_away),
        CASE(an_object_whose_file_is_gone_loses_its_entry_and_the_others_come_back),
        CASE(what_is_being_mended_may_be_pulled_out_too),
        CASE(a_whole_card_is_left_as_it_is),
        CASE(what_one_cut_call_cannot_have_done_is_left_alone),
        CASE(an_entry_that_nobody_explains_is_left_alone),
        CASE(a_card_whose_directories_are_not_clear_has_no_before),
        CASE(a_card_that_does_not_let_us_write_says_so),
        CASE(a_file_that_may_not_be_deleted_is_in_nobodys_way),
        CASE(a_torn_card_is_not_written_to),
    };

    return cmocka_run_group_tests_name("card/mend", tests, NULL, NULL);
}
