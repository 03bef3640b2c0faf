# SPDX-License-Identifier: MIT
"""keys - RSA and EC keys as components in a key file: made, brought in from outside, used."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import apdu
from apdu import CardError

CURVES = {256: ec.SECP256R1, 384: ec.SECP384R1}
RSA_BITS = (1024, 2048, 3072)
DIGESTS = {32: hashes.SHA256, 48: hashes.SHA384, 64: hashes.SHA512}
PUBLIC_EXPONENT = 65537


def _bytes(number):
    return number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")


def _number(key, name):
    try:
        return int.from_bytes(key[name], "big")
    except KeyError:
        raise CardError(apdu.CONDITIONS_NOT_SATISFIED) from None


def generate_rsa(bits):
    if bits not in RSA_BITS:
        raise CardError(apdu.WRONG_DATA)
    made = rsa.generate_private_key(PUBLIC_EXPONENT, bits).private_numbers()
    numbers = {"n": made.public_numbers.n, "e": made.public_numbers.e, "p": made.p, "q": made.q}
    return {name: _bytes(number) for name, number in numbers.items()}


def curve_of(bits):
    try:
        return CURVES[bits]()
    except KeyError:
        raise CardError(apdu.WRONG_DATA) from None


def generate_ec(bits):
    made = ec.generate_private_key(curve_of(bits))
    point = made.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"point": point, "private": made.private_numbers().private_value.to_bytes(bits // 8, "big")}


def rsa_private(key, data):
    """The private key operation on a block as long as the modulus."""
    p, q, e = (_number(key, name) for name in ("p", "q", "e"))
    modulus = p * q
    size = (modulus.bit_length() + 7) // 8
    block = int.from_bytes(data, "big")
    if len(data) > size or block >= modulus:
        raise CardError(apdu.WRONG_DATA)
    left = pow(block % p, pow(e, -1, p - 1), p)
    right = pow(block % q, pow(e, -1, q - 1), q)
    value = right + q * (pow(q, -1, p) * (left - right) % p)
    return value.to_bytes(size, "big")


def rsa_size(key):
    return ((_number(key, "p") * _number(key, "q")).bit_length() + 7) // 8


def rsa_sign(key, data, pad):
    """A signature; `pad` puts `data` (a DigestInfo) into a block of PKCS #1 v1.5."""
    if pad:
        fill = rsa_size(key) - len(data) - 3
        if fill < 8:
            raise CardError(apdu.WRONG_DATA)
        data = b"\0\1" + b"\xff" * fill + b"\0" + data
    return rsa_private(key, data)


def rsa_decipher(key, data, unpad):
    block = rsa_private(key, data)
    if not unpad:
        return block
    end = block.find(b"\0", 2)
    if block[:2] != b"\0\2" or end < 10:
        raise CardError(apdu.WRONG_DATA)
    return block[end + 1 :]


def _ec_private(key, bits):
    return ec.derive_private_key(_number(key, "private"), curve_of(bits))


def ec_sign(key, bits, digest):
    """ECDSA over a digest, DER."""
    size = next((size for size in DIGESTS if len(digest) <= size), None)
    if size is None:
        raise CardError(apdu.WRONG_DATA)
    padded = digest.rjust(size, b"\0")
    return _ec_private(key, bits).sign(padded, ec.ECDSA(Prehashed(DIGESTS[size]())))


def ec_agree(key, bits, point):
    try:
        peer = ec.EllipticCurvePublicKey.from_encoded_point(curve_of(bits), point)
    except ValueError:
        raise CardError(apdu.WRONG_DATA) from None
    return _ec_private(key, bits).exchange(ec.ECDH(), peer)
