"""An API key has valid IDs and a private key, and signs tokens that are renewed in time."""

from __future__ import annotations

import base64
import io

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ppclient.api_key import APIKey, load_key
from ppparser.errors import CredentialsError
from tests.fake_api import ISSUER_ID, KEY_ID
from tests.helpers.support import NOW

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
NOT_AN_ID = "is not valid: copy it from Users and Access > Integrations in App Store Connect"


def problem_of(key_id: str, issuer_id: str | None, pem: bytes) -> str:
    """Return the message of the CredentialsError for a key from standard input."""
    with pytest.raises(CredentialsError) as caught:
        load_key(key_id, "-", issuer_id, io.BytesIO(pem))
    return str(caught.value)


@pytest.mark.parametrize("identifier", ["i", "i" * 64, "A-z_9", "\n 69a6 "])
def test_ids_have_at_most_64_characters(identifier: str) -> None:
    key = load_key(identifier, "-", identifier, io.BytesIO(PEM))
    assert (key.key_id, key.issuer_id) == (identifier.strip(), identifier.strip())


@pytest.mark.parametrize("name", ["key ID", "issuer ID"])
@pytest.mark.parametrize("value", ["x" * 65, "a b", "a.b", "a/b", "\u00e9", "a\n b"])
def test_invalid_id_is_not_repeated(name: str, value: str) -> None:
    key_id, issuer_id = (value, ISSUER_ID) if name == "key ID" else (KEY_ID, value)
    assert problem_of(key_id, issuer_id, PEM) == f"the {name} {NOT_AN_ID}"


@pytest.mark.parametrize("key_id", [ISSUER_ID, ISSUER_ID.upper(), f" {ISSUER_ID} "])
def test_issuer_id_in_place_of_the_key_id_is_recognized(key_id: str) -> None:
    assert problem_of(key_id, KEY_ID, PEM) == (
        "the key ID looks like an issuer ID (a UUID): the key ID is in the file's name, AuthKey_<KEY_ID>.p8"
    )


@pytest.mark.parametrize("key_id", [f"{ISSUER_ID}0", ISSUER_ID[1:], f"0{ISSUER_ID}", ISSUER_ID.replace("-", "_")])
def test_other_long_key_ids_are_not_taken_for_issuer_ids(key_id: str) -> None:
    assert load_key(key_id, "-", None, io.BytesIO(PEM)).key_id == key_id


def test_key_on_an_unknown_curve_is_unsupported() -> None:
    # The last arc of the curve's object identifier, 1.2.840.10045.3.1.7, becomes 1.2.840.10045.3.1.127.
    der = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    identifier = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01"
    assert identifier + b"\x07" in der
    body = base64.b64encode(der.replace(identifier + b"\x07", identifier + b"\x7f")).decode()
    pem = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    assert problem_of(KEY_ID, ISSUER_ID, pem.encode()) == (
        "standard input contains another kind of key, not one on the curve P-256: "
        "use the AuthKey_<KEY_ID>.p8 file as downloaded, or create a new key: each can be downloaded only once"
    )


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_token_is_renewed_two_minutes_before_expiry() -> None:
    key = APIKey(KEY_ID, KEY, ISSUER_ID)
    token, renew_at = key.token(NOW)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["exp"], renew_at) == (NOW + 19 * 60, NOW + 17 * 60)
    assert key.can_renew
