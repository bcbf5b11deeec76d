#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Strict DER judge for CMC messages, independent of the library under test.

judge.py [--allow-dup-ids] [--allow-zero-ids] [--quiet] FILE...

Reads ContentInfo (CMC request or response, PKCS#7 certificates only, unsigned revocation), PKCS#10 and CRMF, as DER,
PEM or base64, and says for each file "good" or why not. Exit 0: all good; 1: at least one is not; 2: usage or no pyasn1.

Two readers that share no code: a walk over the bytes (X.690, clauses 8, 10 and 11), and pyasn1 with the modules of the RFCs, whose
encoder has to give the same bytes back. Then the rules of RFC 5652 and RFC 5272 that no schema can say.
"""

import argparse
import base64
import hashlib
import re
import sys

try:
    from pyasn1.codec.der import decoder, encoder
    from pyasn1.error import PyAsn1Error
    from pyasn1.type import namedtype, tag, univ
    from pyasn1_modules import rfc2986, rfc4211, rfc5280, rfc5652, rfc6402
except ImportError as missing:
    print("judge.py: needs python3-pyasn1 and python3-pyasn1-modules (%s)" % missing, file=sys.stderr)
    sys.exit(2)

MAX_DEPTH = 64

ID_DATA = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA = "1.2.840.113549.1.7.2"
ID_PKI_DATA = "1.3.6.1.5.5.7.12.2"
ID_PKI_RESPONSE = "1.3.6.1.5.5.7.12.3"
ID_CONTENT_TYPE = "1.2.840.113549.1.9.3"
ID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
ID_EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
ID_SUBJECT_KEY_ID = "2.5.29.14"
ID_ECDSA = "1.2.840.10045.4.3."

# To add one: the digest's OID and the name hashlib has for it.
DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


class GetCertByName(univ.Sequence):
    """getCert as Dogtag has it: a bare Name where RFC 5272 6.8 has a GeneralName."""

    componentType = namedtype.NamedTypes(
        namedtype.NamedType("issuerName", rfc5280.Name()), namedtype.NamedType("serialNumber", univ.Integer())
    )


def status_info_v2(extended):
    """CMCStatusInfoV2 (RFC 5272 6.1); the package's own leaves pendInfo and extendedFailInfo with the same tag."""
    pend_info = rfc6402.PendInfo()
    info = univ.Choice(
        componentType=namedtype.NamedTypes(
            namedtype.NamedType("failInfo", rfc6402.CMCFailInfo()),
            namedtype.NamedType("extendedFailInfo", extended) if extended is not None
            else namedtype.NamedType("pendInfo", pend_info),
        )
    )
    return univ.Sequence(
        componentType=namedtype.NamedTypes(
            namedtype.NamedType("cMCStatus", rfc6402.CMCStatus()),
            namedtype.NamedType("bodyList", univ.SequenceOf(componentType=rfc6402.BodyPartReference())),
            namedtype.OptionalNamedType("statusString", rfc6402.char.UTF8String()),
            namedtype.OptionalNamedType("otherInfo", info),
        )
    )


def extended_fail_info():
    return univ.Sequence(
        componentType=namedtype.NamedTypes(
            namedtype.NamedType("failInfoOID", univ.ObjectIdentifier()), namedtype.NamedType("failInfoValue", univ.Any())
        )
    )


EXTENDED_TAGGED = extended_fail_info().subtype(implicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatConstructed, 1))

# To add one: the control's number under id-cmc, its name, the types a value may have (the RFC's first).
CONTROLS = {
    1: ("statusInfo", [univ.Sequence()]),
    2: ("identification", [rfc6402.char.UTF8String()]),
    3: ("identityProof", [univ.OctetString()]),
    4: ("dataReturn", [univ.OctetString()]),
    5: ("transactionId", [univ.Integer()]),
    6: ("senderNonce", [univ.OctetString()]),
    7: ("recipientNonce", [univ.OctetString()]),
    9: ("encryptedPOP", [rfc6402.EncryptedPOP()]),
    10: ("decryptedPOP", [rfc6402.DecryptedPOP()]),
    11: ("lraPOPWitness", [rfc6402.LraPopWitness()]),
    15: ("getCert", [rfc6402.GetCert(), GetCertByName()]),
    16: ("getCRL", [rfc6402.GetCRL()]),
    17: ("revokeRequest", [rfc6402.RevokeRequest()]),
    18: ("regInfo", [univ.OctetString()]),
    19: ("responseInfo", [univ.OctetString()]),
    22: ("popLinkRandom", [univ.OctetString()]),
    23: ("popLinkWitness", [univ.OctetString()]),
    25: ("statusInfoV2", [status_info_v2(None), status_info_v2(EXTENDED_TAGGED), status_info_v2(extended_fail_info())]),
    33: ("popLinkWitnessV2", [rfc6402.PopLinkWitnessV2()]),
    34: ("identityProofV2", [rfc6402.IdentifyProofV2()]),
}
ID_CMC = "1.3.6.1.5.5.7.7."


class Bad(Exception):
    """What is read so far cannot be read on."""


class Verdict:
    """The reasons against one file, and remarks that do not count."""

    def __init__(self, options):
        self.options = options
        self.reasons = []
        self.notes = []

    def bad(self, where, text):
        self.reasons.append("%s: %s" % (where, text))

    def note(self, where, text):
        self.notes.append("%s: %s" % (where, text))


class Tlv:
    """One element: first octet of the tag, whole encoding, contents."""

    def __init__(self, first, number, whole, body):
        self.first = first
        self.number = number
        self.whole = whole
        self.body = body

    @property
    def constructed(self):
        return bool(self.first & 0x20)

    @property
    def universal(self):
        return self.first & 0xC0 == 0


def read_header(data, at):
    """Tag, number, offset of the contents and their length, by DER's rules for both (X.690 8.1.2, 10.1)."""
    if at >= len(data):
        raise Bad("ends where an element is expected")
    first = data[at]
    number = first & 0x1F
    at += 1
    if number == 0x1F:
        number = 0
        start = at
        while True:
            if at >= len(data):
                raise Bad("ends inside a tag")
            octet = data[at]
            if at == start and octet == 0x80:
                raise Bad("tag number with leading zeros")
            number = number << 7 | octet & 0x7F
            at += 1
            if not octet & 0x80:
                break
        if number < 0x1F:
            raise Bad("long form for a small tag number")
    if at >= len(data):
        raise Bad("ends before a length")
    length = data[at]
    at += 1
    if length == 0x80:
        raise Bad("indefinite length")
    if length & 0x80:
        count = length & 0x7F
        if count > 8 or at + count > len(data):
            raise Bad("length of %d octets" % count)
        length = int.from_bytes(data[at : at + count], "big")
        if data[at] == 0 or length < 0x80:
            raise Bad("length not in its shortest form")
        at += count
    if at + length > len(data):
        raise Bad("length %d reaches past the end" % length)
    return first, number, at, length


def read_one(data, at):
    first, number, body, length = read_header(data, at)
    return Tlv(first, number, data[at : body + length], data[body : body + length]), body + length


def children(data):
    found = []
    at = 0
    while at < len(data):
        one, at = read_one(data, at)
        found.append(one)
    return found


def is_sorted(encodings):
    """X.690 11.6: compared as octets, the shorter one padded with zeros."""
    width = max((len(e) for e in encodings), default=0)
    padded = [e.ljust(width, b"\0") for e in encodings]
    return all(a <= b for a, b in zip(padded, padded[1:]))


def check_integer(body):
    if not body:
        return "empty INTEGER"
    if len(body) > 1 and (body[0] == 0 and body[1] < 0x80 or body[0] == 0xFF and body[1] >= 0x80):
        return "INTEGER not in its shortest form"
    return None


def check_boolean(body):
    return None if body in (b"\0", b"\xff") else "BOOLEAN is neither 00 nor FF"


def check_bits(body):
    if not body or body[0] > 7 or (len(body) == 1 and body[0]):
        return "BIT STRING without a valid count of unused bits"
    if body[0] and body[-1] & ((1 << body[0]) - 1):
        return "BIT STRING with unused bits that are not zero"
    return None


def check_null(body):
    return "NULL with contents" if body else None


def check_oid(body):
    if not body or body[-1] & 0x80:
        return "OBJECT IDENTIFIER cut short"
    starts = [0] + [i + 1 for i, octet in enumerate(body[:-1]) if not octet & 0x80]
    return "OBJECT IDENTIFIER arc with leading zeros" if any(body[i] == 0x80 for i in starts) else None


def check_utc(body):
    return None if re.fullmatch(rb"\d{12}Z", body) else "UTCTime not YYMMDDHHMMSSZ"


def check_generalized(body):
    return None if re.fullmatch(rb"\d{14}(\.\d*[1-9])?Z", body) else "GeneralizedTime not in DER's form"


def check_utf8(body):
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "UTF8String is not UTF-8"
    return None


# To add one: the universal tag number and what its contents must be (None: any contents).
PRIMITIVE = {
    1: check_boolean, 2: check_integer, 3: check_bits, 4: None, 5: check_null, 6: check_oid, 10: check_integer,
    12: check_utf8, 18: None, 19: None, 20: None, 22: None, 23: check_utc, 24: check_generalized, 26: None, 28: None, 30: None,
}


def walk(data, where, verdict, depth=0):
    """Every element inside data, by the rules that need no schema."""
    if depth > MAX_DEPTH:
        raise Bad("%s: nested deeper than %d" % (where, MAX_DEPTH))
    try:
        found = children(data)
    except Bad as reason:
        raise Bad("%s: %s" % (where, reason)) from None
    for place, one in enumerate(found):
        here = "%s/%d" % (where, place)
        if one.constructed:
            if one.universal and one.number not in (16, 17):
                verdict.bad(here, "universal tag %d in constructed form" % one.number)
            if one.universal and one.number == 17 and not is_sorted([c.whole for c in children(one.body)]):
                verdict.bad(here, "SET OF is not sorted")
            walk(one.body, here, verdict, depth + 1)
        elif one.universal:
            if one.number not in PRIMITIVE:
                verdict.bad(here, "universal tag %d in primitive form" % one.number)
                continue
            check = PRIMITIVE[one.number]
            wrong = check(one.body) if check else None
            if wrong:
                verdict.bad(here, wrong)


def tree(data):
    """The elements as nested lists, empty ones left out: pyasn1 drops an OPTIONAL SET or SEQUENCE OF without elements."""
    found = []
    for one in children(data):
        inner = tree(one.body) if one.constructed else one.body
        if inner or not one.constructed:
            found.append((one.first, one.number, inner))
    return found


def decode(data, spec, where, verdict):
    """The value of one type that fills data; its encoding by pyasn1 must be data again."""
    try:
        value, rest = decoder.decode(data, asn1Spec=spec)
    except PyAsn1Error as wrong:
        raise Bad("%s: not a %s (%s)" % (where, type(spec).__name__, str(wrong)[:160])) from None
    if rest:
        verdict.bad(where, "%d octets after the end" % len(rest))
    try:
        again = encoder.encode(value)
    except PyAsn1Error as wrong:
        raise Bad("%s: cannot be encoded again (%s)" % (where, str(wrong)[:160])) from None
    if again != data[: len(data) - len(rest)] and tree(again) != tree(data):
        at = next((i for i, (a, b) in enumerate(zip(again, data)) if a != b), min(len(again), len(data)))
        verdict.bad(where, "encoded again it differs from octet %d on" % at)
    return value


def judge_algorithm(algorithm, where, verdict):
    oid = str(algorithm["algorithm"])
    if oid.startswith(ID_ECDSA) and algorithm["parameters"].hasValue():
        verdict.note(where, "ECDSA with parameters; RFC 5758 has none")


def judge_extension(oid, value, where, verdict):
    if oid == ID_SUBJECT_KEY_ID and len(value) == 20:
        verdict.note(where, "subject key identifier as 20 bare octets")
        return
    one = Verdict(verdict.options)
    walk(value, where, one)
    if len(children(value)) != 1:
        verdict.bad(where, "extension %s does not hold one value" % oid)
    verdict.reasons += one.reasons


def judge_extensions(extensions, where, verdict):
    seen = set()
    for one in extensions:
        oid = str(one["extnID"])
        if oid in seen:
            verdict.bad(where, "extension %s stands twice" % oid)
        seen.add(oid)
        judge_extension(oid, bytes(one["extnValue"]), where, verdict)


def judge_pkcs10(data, where, verdict):
    request = decode(data, rfc2986.CertificationRequest(), where, verdict)
    info = request["certificationRequestInfo"]
    if int(info["version"]) != 0:
        verdict.bad(where, "PKCS#10 version is not 0")
    parts = children(children(data)[0].body)
    fields = children(parts[0].body)
    if len(fields) < 4 or fields[3].first != 0xA0:
        verdict.bad(where, "PKCS#10 without attributes [0]")
    elif not is_sorted([c.whole for c in children(fields[3].body)]):
        verdict.bad(where, "PKCS#10 attributes are not sorted")
    judge_algorithm(request["signatureAlgorithm"], where, verdict)
    for attribute in info["attributes"]:
        oid = str(attribute["type"])
        values = attribute["values"]
        if len(values) == 0:
            verdict.bad(where, "attribute %s without a value" % oid)
        if oid == ID_EXTENSION_REQUEST and len(values) == 1:
            extensions = decode(bytes(values[0]), rfc5280.Extensions(), where + " extensionRequest", verdict)
            judge_extensions(extensions, where + " extensionRequest", verdict)


def judge_crmf_message(data, where, verdict):
    """One CertReqMsg whose first octet is SEQUENCE; gives certReqId."""
    message = decode(data, rfc4211.CertReqMsg(), where, verdict)
    request = message["certReq"]
    judge_extensions(request["certTemplate"]["extensions"], where, verdict)
    popo = message["popo"]
    if popo.hasValue() and popo.getName() == "signature":
        judge_algorithm(popo["signature"]["algorithmIdentifier"], where + " popo", verdict)
    return int(request["certReqId"])


def judge_crmf(data, where, verdict):
    ids = [judge_crmf_message(one.whole, "%s %d" % (where, i), verdict)
           for i, one in enumerate(children(children(data)[0].body))]
    if len(set(ids)) != len(ids) and not verdict.options.allow_dup_ids:
        verdict.bad(where, "certReqIds are not unique")


def judge_value(oid, value, where, verdict):
    number = oid[len(ID_CMC) :] if oid.startswith(ID_CMC) else ""
    name, specs = CONTROLS.get(int(number) if number.isdigit() else 0, (oid, []))
    attempts = []
    for spec in specs:
        attempt = Verdict(verdict.options)
        try:
            decode(value, spec, "%s %s" % (where, name), attempt)
        except Bad as reason:
            attempt.bad("", str(reason))
        if not attempt.reasons:
            return
        attempts.append(attempt)
    if attempts:
        verdict.reasons += attempts[0].reasons


def judge_controls(sequence, where, verdict):
    ids = []
    for place, control in enumerate(children(sequence.body)):
        fields = children(control.body)
        here = "%s control %d" % (where, place)
        if [f.first for f in fields] != [0x02, 0x06, 0x31]:
            raise Bad("%s: not bodyPartID, attrType, attrValues" % here)
        ids.append(int.from_bytes(fields[0].body, "big", signed=True))
        oid = str(decoder.decode(fields[1].whole)[0])
        values = children(fields[2].body)
        if not values:
            verdict.bad(here, "%s without a value" % oid)
        for value in values:
            judge_value(oid, value.whole, here, verdict)
    return ids


def first_integer(element, where):
    fields = children(element.body)
    if not fields or fields[0].first != 0x02:
        raise Bad("%s: no bodyPartID" % where)
    return int.from_bytes(fields[0].body, "big", signed=True)


def judge_requests(sequence, where, verdict):
    ids = []
    for place, request in enumerate(children(sequence.body)):
        here = "%s request %d" % (where, place)
        if request.first == 0xA0:
            ids.append(first_integer(request, here))
            fields = children(request.body)
            if len(fields) != 2:
                raise Bad("%s: tcr of %d fields" % (here, len(fields)))
            judge_pkcs10(fields[1].whole, here, verdict)
        elif request.first == 0xA1:
            ids.append(judge_crmf_message(b"\x30" + request.whole[1:], here, verdict))
        elif request.first == 0xA2:
            ids.append(first_integer(request, here))
        else:
            raise Bad("%s: neither tcr, crm nor orm" % here)
    return ids


def judge_ids(ids, where, verdict):
    if len(set(ids)) != len(ids) and not verdict.options.allow_dup_ids:
        verdict.bad(where, "bodyPartIDs are not unique: %s" % ids)
    for one in ids:
        if not 0 <= one <= 4294967295:
            verdict.bad(where, "bodyPartID %d is out of range" % one)
        elif one == 0 and not verdict.options.allow_zero_ids:
            verdict.bad(where, "bodyPartID 0 is the message itself")


def judge_body(data, kind, where, verdict):
    """PKIData (four sequences) or PKIResponse (three), RFC 5272 3.2.1 and 4.2."""
    walk(data, where, verdict)
    outer = children(data)
    if len(outer) != 1 or outer[0].first != 0x30:
        raise Bad("%s: not one SEQUENCE" % where)
    parts = children(outer[0].body)
    wanted = 4 if kind == ID_PKI_DATA else 3
    if len(parts) != wanted or any(p.first != 0x30 for p in parts):
        raise Bad("%s: not %d SEQUENCEs" % (where, wanted))
    spec = rfc6402.PKIData() if kind == ID_PKI_DATA else rfc6402.ResponseBody()
    decode(data, spec, where, verdict)
    ids = judge_controls(parts[0], where, verdict)
    if kind == ID_PKI_DATA:
        ids += judge_requests(parts[1], where, verdict)
    for part in parts[-2:]:
        ids += [first_integer(one, where) for one in children(part.body)]
    judge_ids(ids, where, verdict)


def judge_attributes(signer, econtent_type, econtent, where, verdict):
    attributes = {}
    for one in signer["signedAttrs"]:
        oid = str(one["attrType"])
        if oid in attributes:
            verdict.bad(where, "signed attribute %s stands twice" % oid)
        attributes[oid] = [bytes(v) for v in one["attrValues"]]
    if not attributes:
        if econtent_type != ID_DATA:
            verdict.bad(where, "no signed attributes, but the content is not id-data")
        return
    for oid in (ID_CONTENT_TYPE, ID_MESSAGE_DIGEST):
        if len(attributes.get(oid, [])) != 1:
            verdict.bad(where, "signed attribute %s is missing or has several values" % oid)
            return
    if str(decoder.decode(attributes[ID_CONTENT_TYPE][0])[0]) != econtent_type:
        verdict.bad(where, "contentType attribute differs from eContentType")
    digest = DIGESTS.get(str(signer["digestAlgorithm"]["algorithm"]))
    if digest is None:
        verdict.note(where, "digest not known here, messageDigest not compared")
        return
    if bytes(decoder.decode(attributes[ID_MESSAGE_DIGEST][0])[0]) != hashlib.new(digest, econtent).digest():
        verdict.bad(where, "messageDigest is not the digest of the content")


def judge_signers(signed, econtent_type, econtent, verdict):
    listed = {str(a["algorithm"]) for a in signed["digestAlgorithms"]}
    for place, signer in enumerate(signed["signerInfos"]):
        where = "signer %d" % place
        wanted = 1 if signer["sid"].getName() == "issuerAndSerialNumber" else 3
        if int(signer["version"]) != wanted:
            verdict.bad(where, "SignerInfo version is not %d" % wanted)
        if str(signer["digestAlgorithm"]["algorithm"]) not in listed:
            verdict.bad(where, "its digest is not in digestAlgorithms")
        judge_algorithm(signer["signatureAlgorithm"], where, verdict)
        judge_attributes(signer, econtent_type, econtent, where, verdict)


def judge_implicit_sets(signed_tlv, verdict):
    """certificates, signedAttrs and unsignedAttrs are SET OF under another tag: the walk cannot know."""
    for one in children(signed_tlv.body):
        if one.first == 0xA0 and not is_sorted([c.whole for c in children(one.body)]):
            verdict.bad("certificates", "SET OF is not sorted")
        if one.first != 0x31:
            continue
        for signer in children(one.body):
            for field in children(signer.body):
                if field.first in (0xA0, 0xA1) and not is_sorted([c.whole for c in children(field.body)]):
                    verdict.bad("signer", "signed or unsigned attributes are not sorted")


def judge_signed_data(data, verdict):
    signed = decode(data, rfc5652.SignedData(), "SignedData", verdict)
    judge_implicit_sets(read_one(data, 0)[0], verdict)
    kind = str(signed["encapContentInfo"]["eContentType"])
    held = signed["encapContentInfo"]["eContent"]
    econtent = bytes(held) if held.hasValue() else None
    if kind != ID_DATA and int(signed["version"]) != 3:
        verdict.bad("SignedData", "version is not 3")
    if econtent is None:
        if kind != ID_DATA or len(signed["signerInfos"]):
            verdict.bad("SignedData", "no content, but it is not a certificates-only message")
        return
    judge_signers(signed, kind, econtent, verdict)
    if kind not in (ID_PKI_DATA, ID_PKI_RESPONSE):
        verdict.bad("SignedData", "content %s is neither PKIData nor PKIResponse" % kind)
        return
    judge_body(econtent, kind, "PKIData" if kind == ID_PKI_DATA else "PKIResponse", verdict)


def judge_content_info(data, verdict):
    info = decode(data, rfc5652.ContentInfo(), "ContentInfo", verdict)
    kind = str(info["contentType"])
    content = bytes(info["content"])
    if kind == ID_SIGNED_DATA:
        judge_signed_data(content, verdict)
    elif kind == ID_DATA:
        judge_body(bytes(decode(content, univ.OctetString(), "id-data", verdict)), ID_PKI_DATA, "PKIData", verdict)
    else:
        verdict.bad("ContentInfo", "type %s is neither signed-data nor data" % kind)


def kind_of(data):
    """What the outer SEQUENCE holds, by the shape of its first elements."""
    parts = children(children(data)[0].body)
    if not parts:
        return None
    if parts[0].first == 0x06:
        return "cms"
    inner = children(parts[0].body) if parts[0].first == 0x30 else []
    if inner and inner[0].first == 0x02:
        return "pkcs10" if len(parts) == 3 and parts[2].first == 0x03 else None
    return "crmf" if inner and inner[0].first == 0x30 else None


def judge(data, verdict):
    try:
        one, end = read_one(data, 0)
        if one.first != 0x30:
            raise Bad("does not begin with a SEQUENCE")
        if end != len(data):
            verdict.bad("file", "%d octets after the end" % (len(data) - end))
            data = data[:end]
        walk(data, "file", verdict)
        kind = kind_of(data)
        if kind == "cms":
            judge_content_info(data, verdict)
        elif kind == "pkcs10":
            judge_pkcs10(data, "PKCS#10", verdict)
        elif kind == "crmf":
            judge_crmf(data, "CRMF", verdict)
        else:
            raise Bad("neither ContentInfo, PKCS#10 nor CRMF")
    except (Bad, PyAsn1Error) as reason:
        verdict.bad("file", str(reason))


def unwrap(raw):
    """DER from DER, PEM of any label, or bare base64."""
    if raw[:1] == b"\x30":
        return raw
    pem = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END [^-]+-----", raw, re.S)
    text = b"".join((pem.group(1) if pem else raw).split())
    if re.fullmatch(rb"[A-Za-z0-9+/]+=*", text):
        try:
            return base64.b64decode(text)
        except ValueError:
            return raw
    return raw


def main():
    parser = argparse.ArgumentParser(description="Judge CMC messages as strict DER.")
    parser.add_argument("--allow-dup-ids", action="store_true", help="bodyPartIDs may stand twice (recordings)")
    parser.add_argument("--allow-zero-ids", action="store_true", help="bodyPartID 0 may be used (recordings)")
    parser.add_argument("--quiet", action="store_true", help="say nothing about good files")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args()
    failed = 0
    for name in options.files:
        verdict = Verdict(options)
        try:
            with open(name, "rb") as file:
                judge(unwrap(file.read()), verdict)
        except OSError as wrong:
            verdict.bad("file", wrong.strerror)
        for reason in verdict.reasons:
            print("%s: bad: %s" % (name, reason))
        if not options.quiet:
            for note in verdict.notes:
                print("%s: note: %s" % (name, note))
            if not verdict.reasons:
                print("%s: good" % name)
        failed |= bool(verdict.reasons)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
