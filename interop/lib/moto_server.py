"""Starts moto as AWS KMS, with the arguments of moto_server. Run by the Python that has moto.

moto 5.2.1 hashes what it is asked to sign although MessageType says that it is a digest, so that its
signatures verify with nothing but itself; and its PSS salts are longer than AWS's. Both are mended
here, in memory, for as long as the server runs.
"""

import sys
import threading

import moto.kms.responses as responses
import moto.kms.utils as keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from moto.server import main

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
request = threading.local()


def how(algorithm):
    """What the cryptography library wants to hear for an algorithm of AWS."""
    hash_ = HASHES[algorithm[-3:]]
    given = utils.Prehashed(hash_) if getattr(request, "is_digest", False) else hash_
    if algorithm.startswith("ECDSA"):
        return (ec.ECDSA(given),)
    if "PKCS1" in algorithm:
        return (padding.PKCS1v15(), given)
    return (padding.PSS(mgf=padding.MGF1(hash_), salt_length=hash_.digest_size), given)


def sign(self, message, algorithm):
    return self.private_key.sign(message, *how(algorithm))


def verify(self, message, signature, algorithm):
    try:
        self.private_key.public_key().verify(signature, message, *how(algorithm))
        return True
    except InvalidSignature:
        return False


def heeding_message_type(name):
    original = getattr(responses.KmsResponse, name)

    def call(self, *arguments, **named):
        request.is_digest = (self._get_param("MessageType") or "RAW") == "DIGEST"
        try:
            return original(self, *arguments, **named)
        finally:
            request.is_digest = False

    setattr(responses.KmsResponse, name, call)


for key in (keys.RSAPrivateKey, keys.ECDSAPrivateKey):
    key.sign, key.verify = sign, verify
heeding_message_type("sign")
heeding_message_type("verify")
main(sys.argv[1:])
