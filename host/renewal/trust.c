/* SPDX-License-Identifier: MIT */
/* Certificates that prove an issuer: what came along, and the administrator's. */
#include "renewal/trust.h"

#include <string.h>

#include "pki/pem.h"
#include "platform/file.h"

#define ANCHOR_FILE_MAX_LEN 65536U

static void
list_done(struct ukb_trust_list *list)
{
    while (list->count > 0) {
        ukb_certificate_free(list->items[--list->count]);
    }
}

void
ukb_trust_done(struct ukb_trust *trust)
{
    list_done(&trust->chain);
    list_done(&trust->anchors);
}

static enum ukb_status
read_chain(const char *const *chain, size_t chain_count, struct ukb_trust_list *list, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    size_t i;

    for (i = 0; i < chain_count && st == UKB_OK; i++) {
        st = ukb_certificate_from_pem(chain[i], &list->items[list->count], reterr);
        list->count += st == UKB_OK ? 1U : 0U;
    }
    return st;
}

/* An anchor that cannot be read is the administrator's mistake: trusting fewer than meant would look like the CA's. */
static enum ukb_status
read_anchors(const struct ukb_policy *policy, struct ukb_trust_list *anchors, struct ukb_error *reterr)
{
    struct ukb_buf file = UKB_BUF_INIT(ANCHOR_FILE_MAX_LEN);
    const char *const *path = ukb_policy_trust_anchors(policy);
    enum ukb_status st = UKB_OK;

    for (; *path != NULL && st == UKB_OK; path++) {
        struct ukb_error why = { 0 };

        if (anchors->count == UKB_TRUST_MAX) {
            st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "more than %u trustAnchors", UKB_TRUST_MAX);
            break;
        }
        st = ukb_file_read(*path, UKB_FILE_OF_ADMINISTRATOR, &file, &why);
        if (st == UKB_OK) {
            st = ukb_certificate_from_pem(ukb_buf_text(&file), &anchors->items[anchors->count], &why);
        }
        if (st != UKB_OK) {
            st = ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "trustAnchors: %.100s: %s", *path,
                           st == UKB_END ? "no such file" : why.message);
        } else {
            anchors->count++;
        }
    }
    ukb_buf_done(&file);
    return st;
}

enum ukb_status
ukb_trust_read(const struct ukb_policy *policy, const char *const *chain, size_t chain_count,
               struct ukb_trust *ret_trust, struct ukb_error *reterr)
{
    struct ukb_trust trust = { .chain = { .count = 0 } };
    enum ukb_status st = read_chain(chain, chain_count, &trust.chain, reterr);

    if (st == UKB_OK) {
        st = read_anchors(policy, &trust.anchors, reterr);
    }
    if (st != UKB_OK) {
        ukb_trust_done(&trust);
        return st;
    }
    *ret_trust = trust;
    return UKB_OK;
}
