/* SPDX-License-Identifier: MIT */
#include "renewal/diagnose.h"

#include <string.h>

#include "pki/history.h"
#include "renewal/exchange.h"
#include "renewal/internal.h"

/* One record and the token that it speaks of. */
struct view {
    const struct ukb_renewal_record *record;
    const struct ukb_inventory *inventory;
    struct ukb_exchanges exchanges;
};

static bool
is_there(const struct ukb_inventory *inventory, const struct ukb_certificate *certificate)
{
    return certificate != NULL && ukb_inventory_find(inventory, ukb_certificate_facts(certificate)->id) != NULL;
}

/* A certificate on the token for @p key that is none of the renewal's old ones: the last to end. */
static const struct ukb_certificate *
newest_for(const struct view *view, const struct ukb_public_key *key)
{
    const struct ukb_certificate *newest = NULL;
    size_t i;

    for (i = 0; i < view->inventory->count; i++) {
        const struct ukb_certificate *certificate = view->inventory->items[i].certificate;
        const struct ukb_certificate_facts *facts = ukb_certificate_facts(certificate);
        bool is_old = false;
        size_t j;

        for (j = 0; j < view->record->object_count; j++) {
            const struct ukb_renewal_object *object = &view->record->objects[j];

            is_old = is_old || (object->action == UKB_RENEWAL_OLD && strcmp(object->sha256, facts->id) == 0);
        }
        if (!is_old && ukb_public_key_equal(&facts->key, key) &&
            (newest == NULL || facts->not_after_s > ukb_certificate_facts(newest)->not_after_s)) {
            newest = certificate;
        }
    }
    return newest;
}

/* Somebody has put a newer certificate for the same key there since. */
static bool
is_overtaken(const struct view *view, const struct ukb_exchange *exchange)
{
    const struct ukb_certificate_facts *facts = ukb_certificate_facts(exchange->candidate);
    const struct ukb_certificate *newest = newest_for(view, &facts->key);

    return newest != NULL && ukb_certificate_facts(newest)->not_after_s > facts->not_after_s;
}

/* Could our own steps have left it so? For a key that stays a certificate, old or new, is on the token at any time. */
static bool
is_explained(const struct view *view, const struct ukb_exchange *exchange)
{
    return !is_overtaken(view, exchange) && (!exchange->same_key || is_there(view->inventory, exchange->candidate) ||
                                             is_there(view->inventory, exchange->old));
}

/* May the old certificate come back, if it is gone? Not when somebody has renewed that role since. */
static bool
may_be_undone(const struct view *view, const struct ukb_exchange *exchange)
{
    size_t i;

    for (i = 0; exchange->same_key && !is_there(view->inventory, exchange->old) && i < view->inventory->count; i++) {
        if (ukb_history_supersedes(view->inventory->items[i].certificate, exchange->candidate)) {
            return false;
        }
    }
    return true;
}

/*
 * Is the key of the new certificate there? Without a login only a guess: a key that comes along was brought before its
 * certificate, any other has been there.
 */
static bool
has_key(const struct view *view, const struct ukb_exchange *exchange)
{
    const struct ukb_public_key *key = &ukb_certificate_facts(exchange->candidate)->key;

    if (!view->inventory->keys.complete) {
        return !exchange->import || is_there(view->inventory, exchange->candidate);
    }
    return ukb_token_keys_choose(&view->inventory->keys, key, exchange->key_id, exchange->key_id_len) != NULL;
}

/* Is there a certificate under the id that the record's key was to get? Its key has gone on in life, then. */
static bool
has_certificate_at(const struct view *view, const unsigned char *id, size_t id_len)
{
    size_t i;

    for (i = 0; id_len > 0 && i < view->inventory->count; i++) {
        const struct ukb_token_certificate *object = view->inventory->items[i].object;

        if (object->id_len == id_len && memcmp(object->id, id, id_len) == 0) {
            return true;
        }
    }
    return false;
}

/* The table's columns: what a record in that state says of the token. */

static enum ukb_verdict
of_preparing(const struct view *view, const struct ukb_certificate **ret_found)
{
    const struct ukb_renewal_record *record = view->record;

    (void)ret_found;
    if (record->key == UKB_RENEWAL_KEY_NEW &&
        (record->public_key.type == UKB_KEY_UNKNOWN ? has_certificate_at(view, record->key_id, record->key_id_len)
                                                    : newest_for(view, &record->public_key) != NULL)) {
        return UKB_VERDICT_ATTENTION; /* a certificate for a key whose request never left: an old journal came back */
    }
    return UKB_VERDICT_UNDO;
}

/* Is one of the renewal's old certificates there, for the key that the request is for? */
static bool
has_old_for(const struct view *view, const struct ukb_public_key *key)
{
    size_t i;

    for (i = 0; i < view->record->object_count; i++) {
        const struct ukb_renewal_object *object = &view->record->objects[i];
        const struct ukb_inventory_item *item = ukb_inventory_find(view->inventory, object->sha256);

        if (object->action == UKB_RENEWAL_OLD && item != NULL &&
            ukb_public_key_equal(&ukb_certificate_facts(item->certificate)->key, key)) {
            return true;
        }
    }
    return false;
}

/*
 * A key of its own has no certificate but the one requested; one that stays has, until that is replaced. A record that
 * was rolled back knows what it was to bring: that is no old one.
 */
static enum ukb_verdict
of_requested(const struct view *view, const struct ukb_certificate **ret_found)
{
    const struct ukb_public_key *key = &view->record->public_key;
    const struct ukb_certificate *found = NULL;

    if (key->type == UKB_KEY_UNKNOWN || has_old_for(view, key)) {
        return UKB_VERDICT_NOTHING;
    }
    found = newest_for(view, key);
    *ret_found = found;
    return found == NULL ? UKB_VERDICT_NOTHING : UKB_VERDICT_INSTALLED;
}

static enum ukb_verdict
of_installing(const struct view *view, const struct ukb_certificate **ret_found)
{
    bool has_keys = true;
    bool undoable = true;
    size_t i;

    (void)ret_found;
    if (view->exchanges.count == 0) {
        return UKB_VERDICT_ATTENTION; /* no journal of ours */
    }
    for (i = 0; i < view->exchanges.count; i++) {
        const struct ukb_exchange *exchange = &view->exchanges.items[i];

        if (!is_explained(view, exchange)) {
            return UKB_VERDICT_ATTENTION;
        }
        has_keys = has_keys && has_key(view, exchange);
        undoable = undoable && may_be_undone(view, exchange);
    }
    return has_keys ? UKB_VERDICT_FINISH : undoable ? UKB_VERDICT_UNDO : UKB_VERDICT_ATTENTION;
}

/* What could not be explained may explain itself later: the UKey came back as it was. Without a certificate that was to
 * be brought there is nothing that could be told by. */
static enum ukb_verdict
of_attention(const struct view *view, const struct ukb_certificate **ret_found)
{
    const enum ukb_verdict verdict = of_installing(view, ret_found);

    return verdict == UKB_VERDICT_ATTENTION ? UKB_VERDICT_NOTHING : verdict;
}

/* Only the retirement of the old pair may be left to do. */
static enum ukb_verdict
of_installed(const struct view *view, const struct ukb_certificate **ret_found)
{
    (void)ret_found;
    return ukb_retire_is_open(view->record, view->inventory) ? UKB_VERDICT_FINISH : UKB_VERDICT_NOTHING;
}

/* The states that a renewal may be found in, each with what is to be made of it. Final ones have nothing. */
static enum ukb_verdict (*const judges[UKB_RENEWAL_STATE_COUNT])(const struct view *,
                                                                 const struct ukb_certificate **) = {
    [UKB_RENEWAL_PREPARING] = of_preparing,       [UKB_RENEWAL_REQUESTED] = of_requested,
    [UKB_RENEWAL_INSTALLING] = of_installing,     [UKB_RENEWAL_INSTALLED] = of_installed,
    [UKB_RENEWAL_NEEDS_ATTENTION] = of_attention,
};

enum ukb_status
ukb_diagnose(const struct ukb_renewal_record *record, const struct ukb_inventory *inventory,
             enum ukb_verdict *ret_verdict, const struct ukb_certificate **ret_found, struct ukb_error *reterr)
{
    struct view view = { .record = record, .inventory = inventory };
    const struct ukb_certificate *found = NULL;
    enum ukb_status st;

    if (judges[record->state] == NULL) {
        *ret_verdict = UKB_VERDICT_NOTHING;
        return UKB_OK;
    }
    st = ukb_exchanges_from_record(record, &view.exchanges, reterr);
    if (st != UKB_OK) {
        return st;
    }
    *ret_verdict = judges[record->state](&view, &found);
    if (ret_found != NULL) {
        *ret_found = found;
    }
    ukb_exchanges_done(&view.exchanges);
    return UKB_OK;
}
