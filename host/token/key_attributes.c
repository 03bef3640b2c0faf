/* SPDX-License-Identifier: MIT */
#include "token/key_attributes.h"

#include <string.h>

#include "core/limits.h"
#include "token/attributes.h"
#include "token/keys.h"

#define POINT_UNCOMPRESSED 0x04U /* SEC 1, 2.3.3 */
#define TAG_OCTET_STRING   0x04U
#define LEN_ONE_BYTE       0x81U /* DER: the length is in the next byte */

/* What CKA_EC_POINT adds at most: tag, 81, length. */
#define EC_POINT_SIZE (UKB_EC_POINT_MAX_LEN + 3U)

static const struct {
    size_t field_len;
    enum ukb_key_type type;
    size_t params_len;
    unsigned char params[UKB_EC_PARAMS_MAX_LEN];
} curves[] = {
    { 32, UKB_KEY_EC, 10, { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 } },  /* P-256 */
    { 48, UKB_KEY_EC, 7, { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 } },                     /* P-384 */
    { 66, UKB_KEY_EC, 7, { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23 } },                     /* P-521 */
    { 32, UKB_KEY_SM2, 10, { 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D } }, /* sm2p256v1 */
};

#define CURVE_COUNT (sizeof(curves) / sizeof(curves[0]))

/* Where one key object is read into. One byte more than a modulus has: some tokens give a leading zero. */
struct scratch {
    unsigned char id[UKB_OBJECT_ID_MAX_LEN];
    CK_BBOOL always_authenticate;
    unsigned char modulus[UKB_RSA_MODULUS_MAX_LEN + 1U];
    unsigned char exponent[UKB_RSA_EXPONENT_MAX_LEN + 1U];
    unsigned char params[UKB_EC_PARAMS_MAX_LEN];
    unsigned char point[EC_POINT_SIZE];
};

/* Index of the curve, CURVE_COUNT when it is unknown. */
static size_t
find_curve(const unsigned char *params, size_t len)
{
    size_t i;

    for (i = 0; i < CURVE_COUNT; i++) {
        if (curves[i].params_len == len && memcmp(curves[i].params, params, len) == 0) {
            break;
        }
    }
    return i;
}

size_t
ukb_ec_field_len(const unsigned char *params, size_t len)
{
    const size_t curve = find_curve(params, len);

    return curve == CURVE_COUNT ? 0 : curves[curve].field_len;
}

size_t
ukb_ec_point_unwrap(const unsigned char *value, size_t len, size_t field_len, const unsigned char **ret_point)
{
    size_t header_len = 0;

    /* Tag and point begin with the same byte: what tells them apart is the length that would follow the tag. */
    if (len > 3 && value[0] == TAG_OCTET_STRING) {
        if (value[1] == len - 2 && value[2] == POINT_UNCOMPRESSED) {
            header_len = 2;
        } else if (value[1] == LEN_ONE_BYTE && value[2] == len - 3 && value[3] == POINT_UNCOMPRESSED) {
            header_len = 3;
        }
    }
    if (field_len != 0 && len == 2 * field_len + 1) {
        header_len = 0;
    }
    if (len <= header_len || value[header_len] != POINT_UNCOMPRESSED) {
        return 0;
    }
    if (field_len != 0 && len - header_len != 2 * field_len + 1) {
        return 0;
    }
    *ret_point = value + header_len;
    return len - header_len;
}

/* Copy a big-endian number without its leading zeros; 0 when there is none, or it does not fit. */
static size_t
copy_number(const CK_ATTRIBUTE *attribute, unsigned char *to, size_t size)
{
    const unsigned char *value = attribute->pValue;
    size_t len = ukb_attribute_has_value(attribute) ? attribute->ulValueLen : 0;

    while (len > 0 && value[0] == 0) {
        value++;
        len--;
    }
    if (len > size) {
        return 0;
    }
    memcpy(to, value, len);
    return len;
}

static void
set_rsa(const CK_ATTRIBUTE *modulus, const CK_ATTRIBUTE *exponent, struct ukb_public_key *key)
{
    key->modulus_len = copy_number(modulus, key->modulus, sizeof(key->modulus));
    if (key->modulus_len == 0) {
        return;
    }
    key->type = UKB_KEY_RSA;
    key->exponent_len = copy_number(exponent, key->exponent, sizeof(key->exponent));
}

static void
set_ec(const CK_ATTRIBUTE *params, const CK_ATTRIBUTE *wrapped, struct ukb_public_key *key)
{
    const unsigned char *point = NULL;
    size_t point_len = 0;
    size_t curve = 0;

    if (!ukb_attribute_has_value(params) || !ukb_attribute_has_value(wrapped)) {
        return;
    }
    curve = find_curve(params->pValue, params->ulValueLen);
    point_len = ukb_ec_point_unwrap(wrapped->pValue, wrapped->ulValueLen,
                                    curve == CURVE_COUNT ? 0 : curves[curve].field_len, &point);
    if (point_len == 0 || point_len > sizeof(key->point)) {
        return;
    }
    key->type = curve == CURVE_COUNT ? UKB_KEY_EC : curves[curve].type;
    key->params_len = params->ulValueLen;
    memcpy(key->params, params->pValue, params->ulValueLen);
    key->point_len = point_len;
    memcpy(key->point, point, point_len);
}

CK_RV
ukb_key_attributes_read(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
                        CK_KEY_TYPE type, struct ukb_token_key *ret_key)
{
    const bool rsa = type == CKK_RSA;
    struct scratch scratch = { .always_authenticate = CK_FALSE };
    CK_ATTRIBUTE attributes[] = {
        { CKA_ID, scratch.id, sizeof(scratch.id) },
        { rsa ? CKA_MODULUS : CKA_EC_PARAMS, rsa ? scratch.modulus : scratch.params,
          rsa ? sizeof(scratch.modulus) : sizeof(scratch.params) },
        { rsa ? CKA_PUBLIC_EXPONENT : CKA_EC_POINT, rsa ? scratch.exponent : scratch.point,
          rsa ? sizeof(scratch.exponent) : sizeof(scratch.point) },
        { CKA_ALWAYS_AUTHENTICATE, &scratch.always_authenticate, sizeof(scratch.always_authenticate) },
    };
    const bool private = class == CKO_PRIVATE_KEY;
    CK_RV rv;

    rv = ukb_attributes_read(session, object, attributes, private ? 4 : 3);
    if (rv != CKR_OK) {
        return rv;
    }
    memset(&ret_key->public_key, 0, sizeof(ret_key->public_key));
    if (rsa) {
        set_rsa(&attributes[1], &attributes[2], &ret_key->public_key);
    } else {
        set_ec(&attributes[1], &attributes[2], &ret_key->public_key);
    }
    ret_key->type = rsa ? UKB_KEY_RSA : UKB_KEY_EC;
    if (ret_key->public_key.type == UKB_KEY_SM2) {
        ret_key->type = UKB_KEY_SM2;
    }
    ret_key->id_len = ukb_attribute_has_value(&attributes[0]) ? attributes[0].ulValueLen : 0;
    memcpy(ret_key->id, scratch.id, ret_key->id_len);
    ret_key->always_authenticate =
        private && ukb_attribute_has_value(&attributes[3]) && scratch.always_authenticate != CK_FALSE;
    return CKR_OK;
}

bool
ukb_key_same(const struct ukb_public_key *told, const struct ukb_public_key *wanted)
{
    if (told->type == UKB_KEY_RSA && wanted->type == UKB_KEY_RSA && told->exponent_len == 0) {
        return told->modulus_len == wanted->modulus_len &&
               memcmp(told->modulus, wanted->modulus, told->modulus_len) == 0;
    }
    return ukb_public_key_equal(told, wanted);
}
