# SPDX-License-Identifier: Apache-2.0
"""A small DER reader and models of the messages that Dogtag's tools write, for comparison part by part.

Nothing of the program under test is used here: the standard library only, so that it can judge."""
import hashlib
import hmac


class Tlv:
    """One value: tag octet, content, the whole, and its parts when it is constructed."""

    def __init__(self, data, at=0):
        self.tag = data[at]
        length = data[at + 1]
        start = at + 2
        if length & 0x80:
            n = length & 0x7f
            if n == 0 or n > 4:
                raise ValueError("indefinite or huge length")
            length = int.from_bytes(data[start:start + n], "big")
            start += n
        self.end = start + length
        if self.end > len(data):
            raise ValueError("cut off")
        self.body = data[start:self.end]
        self.whole = data[at:self.end]

    def __iter__(self):
        return iter(parts(self.body))

    def __getitem__(self, i):
        return parts(self.body)[i]


def parts(data):
    out, at = [], 0
    while at < len(data):
        tlv = Tlv(data, at)
        out.append(tlv)
        at = tlv.end
    return out


def only(data):
    tlv = Tlv(data)
    if tlv.end != len(data):
        raise ValueError("octets behind the end")
    return tlv


def oid(body):
    first = body[0]
    out = [min(first // 40, 2)]
    out.append(first - 40 * out[0])
    n = 0
    for octet in body[1:]:
        n = n << 7 | octet & 0x7f
        if not octet & 0x80:
            out.append(n)
            n = 0
    return ".".join(map(str, out))


CMC = "1.3.6.1.5.5.7.7."
HASHES = {"1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512",
          "1.2.840.113549.2.9": "sha256", "1.2.840.113549.2.10": "sha384", "1.2.840.113549.2.11": "sha512"}


def alg(tlv):
    """OID and what follows it: an AlgorithmIdentifier."""
    return oid(tlv[0].body), tlv.body[len(tlv[0].whole):].hex()


def proof(value):
    """hash, mac, witness of identityProofV2 and popLinkWitnessV2."""
    return HASHES[oid(value[0][0].body)], HASHES[oid(value[1][0].body)], value[2].body


def proof_is_right(value, secret, identification, data):
    name, mac, witness = proof(value)
    key = hashlib.new(name, secret + identification).digest()
    return hmac.new(key, data, mac).digest() == witness


class Csr:
    """CertificationRequest."""

    def __init__(self, data):
        top = only(data)
        info = top[0]
        self.info = info.whole
        self.subject = info[1].whole
        self.spki = info[2].whole
        self.attributes = {}
        for attribute in info[3]:
            self.attributes[oid(attribute[0].body)] = attribute[1].body
        self.sig_alg = alg(top[1])
        self.signature = top[2].body[1:]


class Crmf:
    """CertReqMsg with any outer tag (30 in files, a1 in a PKIData)."""

    def __init__(self, tlv):
        request = tlv[0]
        self.request = request.whole
        self.req_id = int.from_bytes(request[0].body, "big")
        self.template = {part.tag: part for part in request[1]}
        self.subject = self.template[0xa5].body
        self.spki = b"\x30" + self.template[0xa6].whole[1:]
        self.extensions = self.template[0xa9].body if 0xa9 in self.template else b""
        self.controls = {}
        for control in (request[2] if len(parts(request.body)) > 2 else []):
            self.controls[oid(control[0].body)] = control[1]
        rest = parts(tlv.body)[1:]
        self.pop = rest[0] if rest else None
        self.pop_alg = alg(self.pop[0]) if self.pop and self.pop.tag == 0xa1 else None
        self.pop_signature = self.pop[1].body[1:] if self.pop and self.pop.tag == 0xa1 else None


class Request:
    """A CMC Full PKI Request, signed or not."""

    def __init__(self, data):
        self.raw = data
        top = only(data)
        self.content_type = oid(top[0].body)
        inner = top[1][0]
        self.signer = None
        self.certs = []
        if self.content_type == "1.2.840.113549.1.7.2":
            fields = parts(inner.body)
            self.version = fields[0].body.hex()
            self.digests = [alg(a) for a in fields[1]]
            self.econtent_type = oid(fields[2][0].body)
            content = fields[2][1][0].body
            self.certs = sorted(c.whole for f in fields[3:] if f.tag == 0xa0 for c in f)
            self.signer = Signer(fields[-1][0], content)
        else:
            content = inner.body
        self.content = content
        pkidata = only(content)
        self.controls = [(int.from_bytes(c[0].body, "big"), oid(c[1].body), [v for v in c[2]]) for c in pkidata[0]]
        self.req_sequence = pkidata[1].whole
        self.requests = list(pkidata[1])
        self.empty_rest = [pkidata[2].whole, pkidata[3].whole] == [b"\x30\x00", b"\x30\x00"]

    def control(self, number):
        for _, name, values in self.controls:
            if name == CMC + str(number):
                return values[0]
        return None

    def ids(self):
        out = [i for i, _, _ in self.controls]
        for request in self.requests:
            if request.tag == 0xa0:
                out.append(int.from_bytes(request[0].body, "big"))
            else:
                out.append(Crmf(request).req_id)
        return out


class Signer:
    """SignerInfo."""

    def __init__(self, tlv, content):
        fields = parts(tlv.body)
        self.version = fields[0].body.hex()
        self.sid = fields[1].whole
        self.digest = alg(fields[2])
        attributes = fields[3]
        self.attributes = {oid(a[0].body): a[1].body for a in attributes}
        self.signed = b"\x31" + attributes.whole[1:]
        self.sorted = [a.whole for a in attributes] == sorted(a.whole for a in attributes)
        self.sig_alg = alg(fields[4])
        self.signature = fields[5].body
        digest = hashlib.new(HASHES[self.digest[0]], content).digest()
        self.digest_right = self.attributes.get("1.2.840.113549.1.9.4") == b"\x04" + bytes([len(digest)]) + digest


def cert_fields(der):
    """Serial content, issuer, subject, SPKI of a certificate."""
    tbs = only(der)[0]
    fields = parts(tbs.body)
    if fields[0].tag == 0xa0:
        fields = fields[1:]
    return fields[0].body, fields[2].whole, fields[4].whole, fields[5].whole


def key_identifier(spki):
    """What NSS takes as CKA_ID: SHA-1 of the RSA modulus or of the EC point."""
    info = only(spki)
    bits = info[1].body[1:]
    if oid(info[0][0].body) == "1.2.840.113549.1.1.1":
        modulus = only(bits)[0].body
        return hashlib.sha1(modulus.lstrip(b"\0") if modulus[0] == 0 else modulus).digest()
    return hashlib.sha1(bits).digest()


def java_hex(octets):
    """BigInteger.toString(16) of signed octets."""
    n = int.from_bytes(octets, "big", signed=True)
    return ("-%x" % -n) if n < 0 else "%x" % n
