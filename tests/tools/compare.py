# SPDX-License-Identifier: Apache-2.0
"""Recorded and our own outputs, decoded and compared part by part. Each function gives (kind, recorded, ours) for every part
that differs. Kinds that begin with BAD are faults of ours whatever was recorded: no class accepts them."""
import base64
import hmac
import os
import re
import subprocess
import tempfile

import blocks
import classes
import der

EXTENSIONS = "1.2.840.113549.1.9.14"


def armoured(data):
    """The octets of a PEM or base64 file."""
    lines = [line for line in data.decode("ascii").splitlines() if line and not line.startswith("-----")]
    return base64.b64decode("".join(lines))


def signature_is_right(spki, data, signature, digest="sha256"):
    with tempfile.TemporaryDirectory() as top:
        names = {n: os.path.join(top, n) for n in ("key", "data", "sig")}
        for name, octets in (("key", spki), ("data", data), ("sig", signature)):
            with open(names[name], "wb") as f:
                f.write(octets)
        done = subprocess.run(["openssl", "dgst", "-" + digest, "-verify", names["key"], "-keyform", "DER", "-signature",
                               names["sig"], names["data"]], capture_output=True, check=False)
    return b"Verified OK" in done.stdout


def both(case, name):
    """(recorded, ours) octets of an output file, None where there is none."""
    recorded = case.recorded(name) if os.path.isfile(os.path.join(case.dir, name)) and name in case.outputs else None
    ours = case.ours(name) if os.path.isfile(os.path.join(case.work, name)) else None
    return recorded, ours


def request_spki(tlv):
    return der.Csr(b"\x30" + der.Tlv(tlv.whole)[1].whole[1:]).spki if tlv.tag == 0xa0 else der.Crmf(tlv).spki


def signer_spki(message):
    """By issuer and serial from the certificates, or the request's own key."""
    sid = der.only(message.signer.sid)
    if sid.tag == 0x80:
        return request_spki(message.requests[0])
    for cert in message.certs:
        serial, issuer, _, spki = der.cert_fields(cert)
        if issuer == sid[0].whole and serial == sid[1].body:
            return spki
    return None


def own_faults(message):
    """What must be right in every message of ours."""
    out = []
    ids = message.ids()
    if len(set(ids)) != len(ids) or 0 in ids:
        out.append(("BAD ids", None, ids))
    if not message.empty_rest:
        out.append(("BAD cmsSequence or otherMsgSequence", None, None))
    if message.signer:
        signer = message.signer
        if not signer.digest_right or not signer.sorted:
            out.append(("BAD signed attributes", None, None))
        if not signature_is_right(signer_spki(message), signer.signed, signer.signature, der.HASHES[signer.digest[0]]):
            out.append(("BAD signature", None, None))
    return out


def csr_parts(recorded, ours, prefix):
    out = []
    for name in ("subject", "spki", "sig_alg"):
        if getattr(recorded, name) != getattr(ours, name):
            out.append((prefix + name, getattr(recorded, name), getattr(ours, name)))
    keys = set(recorded.attributes) | set(ours.attributes)
    for key in sorted(keys):
        if recorded.attributes.get(key) != ours.attributes.get(key):
            out.append((prefix + "attribute " + key, recorded.attributes.get(key), ours.attributes.get(key)))
    return out


def request_parts(i, recorded, ours, message):
    """TaggedRequests of the same place."""
    if recorded.whole == ours.whole:
        return []
    if recorded.tag != ours.tag:
        return [("request kind", recorded.tag, ours.tag)]
    if recorded.tag == 0xa0:
        first, second = der.Csr(recorded[1].whole), der.Csr(ours[1].whole)
        out = csr_parts(first, second, "request ")
        if second.info != first.info and not signature_is_right(second.spki, second.info, second.signature):
            out.append(("BAD signature of request %d" % i, None, None))
        if recorded[0].whole != ours[0].whole:
            out.append(("ids", recorded[0].body, ours[0].body))
        return out
    first, second = der.Crmf(recorded), der.Crmf(ours)
    out = []
    for name in ("subject", "spki", "extensions", "pop_alg"):
        if getattr(first, name) != getattr(second, name):
            out.append(("request " + name, getattr(first, name), getattr(second, name)))
    for key in sorted(set(first.controls) | set(second.controls)):
        a, b = first.controls.get(key), second.controls.get(key)
        if not a or not b or a.whole != b.whole:
            out.append(("request attribute " + key, a and a.whole, b and b.whole))
    if second.pop_signature and second.request != first.request and not signature_is_right(second.spki, second.request,
                                                                                            second.pop_signature):
        out.append(("BAD proof of possession %d" % i, None, None))
    return out


def message_parts(recorded, ours):
    out = own_faults(ours)
    for name in ("content_type", "certs"):
        if getattr(recorded, name) != getattr(ours, name):
            out.append((name, getattr(recorded, name), getattr(ours, name)))
    if [c for _, c, _ in recorded.controls] != [c for _, c, _ in ours.controls]:
        out.append(("control list", [c for _, c, _ in recorded.controls], [c for _, c, _ in ours.controls]))
    else:
        for (_, name, a), (_, _, b) in zip(recorded.controls, ours.controls):
            if [v.whole for v in a] != [v.whole for v in b]:
                out.append(("control " + name[len(der.CMC):], a[0], b[0]))
    if recorded.ids() != ours.ids():
        out.append(("ids", recorded.ids(), ours.ids()))
    if len(recorded.requests) != len(ours.requests):
        out.append(("request count", len(recorded.requests), len(ours.requests)))
    else:
        for i, (a, b) in enumerate(zip(recorded.requests, ours.requests)):
            out += request_parts(i, a, b, ours)
    if (recorded.signer is None) != (ours.signer is None):
        out.append(("signer", recorded.signer, ours.signer))
    elif recorded.signer:
        for name in ("version", "sid", "digest", "sig_alg"):
            if getattr(recorded.signer, name) != getattr(ours.signer, name):
                out.append(("signer " + name, getattr(recorded.signer, name), getattr(ours.signer, name)))
        if list(recorded.signer.attributes) != list(ours.signer.attributes):
            out.append(("signed attributes", list(recorded.signer.attributes), list(ours.signer.attributes)))
        if recorded.digests != ours.digests or recorded.version != ours.version:
            out.append(("digest algorithms", recorded.digests, ours.digests))
    return out


def message_file(case, name, decode=lambda data: data):
    recorded, ours = both(case, name)
    if ours is None:
        return []  # "files" tells it
    case.message = der.Request(decode(ours))
    case.recorded_message = der.Request(decode(recorded)) if recorded else None
    if not recorded:
        return own_faults(case.message)
    return message_parts(case.recorded_message, case.message)


def requests_went_in(case, names):
    """The requests of our message are those of the input files, octet for octet."""
    asked = []
    for name in names:
        with open(os.path.join(case.work, name), "rb") as f:
            asked.append(request_octets(f.read()))
    mine = [der.Tlv(r.whole)[1].whole if r.tag == 0xa0 else b"\x30" + r.whole[1:] for r in case.message.requests]
    if case.cfg().get("popLinkWitnessV2.enable", "").lower() == "true":  # signed anew: the same name and key
        asked, mine = ([(der.Csr(r).subject, der.Csr(r).spki) for r in side] for side in (asked, mine))
    return [] if mine == asked else [("BAD requests in the message", asked, mine)]


def request_octets(data):
    """PEM, base64 or DER of a PKCS#10, or the one CertReqMsg of a CertReqMessages."""
    top = der.only(data if data[:1] == b"\x30" else armoured(data))
    return top[0].whole if len(list(top)) == 1 else top.whole


def possession_proved(case, response):
    """decryptedPOP of ours is the HMAC that the CA computes from its plain challenge, over the very request that it challenged."""
    with open(os.path.join(case.work, response), "rb") as f:
        answer = f.read()
    top = os.path.join(case.vectors, "_responses")
    for name in sorted(n for n in os.listdir(top) if n.endswith(".challenge")):
        with open(os.path.join(top, name[:-len(".challenge")]), "rb") as f:
            if f.read() != answer:
                continue
        with open(os.path.join(top, name), "rb") as f:
            challenge = f.read()
        proof, request = case.message.control(10), case.message.requests[0].whole
        right = proof is not None and list(proof)[2].body == hmac.new(challenge, request, "sha256").digest()
        return [] if right and request in answer else [("BAD decryptedPOP", None, proof and proof.whole)]
    return [("BAD no challenge is known for this answer", None, response)]


def cmc_request(case):
    cfg = case.cfg()
    mode = cfg.get("decryptedPop.enable", "").lower() == "true"
    name = cfg.get("decryptedPopRequestFile" if mode else "output", "cmc.req")
    out = message_file(case, name)
    if "revRequest.serial" in cfg:
        issuer = cfg.get("revRequest.issuer", "") if cfg.get("revRequest.sharedSecret") else ""  # the signer's otherwise
        out += revocation(case, issuer, cfg["revRequest.serial"], cfg["revRequest.reason"])
    if works_alone(case) and "revRequest.serial" not in cfg:
        out += possession_proved(case, cfg["encryptedPopResponseFile"]) if mode else (
            requests_went_in(case, cfg.get("input", "").split()))
    return out


def works_alone(case):
    """Ours wrote a message, and there is none beside it: what it holds is held against what was asked for."""
    return case.exit != 0 and case.our_exit == 0 and getattr(case, "message", None) is not None


REASONS = {"unspecified": 0, "keycompromise": 1, "cacompromise": 2, "affiliationchanged": 3, "superseded": 4,
           "cessationofoperation": 5, "certificatehold": 6, "removefromcrl": 8}


def revocation(case, issuer, serial, reason):
    """RevokeRequest of ours says what was asked for, whatever was recorded."""
    if getattr(case, "message", None) is None:
        return []
    control = case.message.control(17)
    if control is None:
        return [("BAD no revocation", serial, None)]
    name, number, why = list(control)[:3]
    asked = (int(serial, 16 if serial.startswith("0x") else 10), REASONS[reason.lower()] if reason.isalpha() else int(reason))
    told = (int.from_bytes(number.body, "big"), int.from_bytes(why.body, "big"))
    values = [part.split("=", 1)[1].encode() for part in issuer.split(",") if "=" in part]
    if told != asked or not all(value in name.whole for value in values):
        return [("BAD revocation", (asked, issuer), (told, name.whole))]
    return []


def cmc_revoke(case):
    options = {arg[:2]: arg[2:].strip('"') for arg in case.json["args"]}
    return message_file(case, "CMCRevoke.out") + revocation(case, options.get("-i", ""), options.get("-s", ""), options.get("-m", ""))


def cmc_enroll(case):
    names = [n for n in case.our_files if n.endswith(".out")]
    if not names:
        return []
    recorded, ours = both(case, names[0])
    out = message_file(case, names[0], armoured) + (columns(recorded, ours) if recorded else []) + printed_pkcs10(case)
    asked = case.json["args"][case.json["args"].index("-r") + 1]
    return out + (requests_went_in(case, [asked]) if works_alone(case) else [])


def printed_pkcs10(case):
    """What stands on standard output is the request that went in, on one line, and not the CMC."""
    with open(os.path.join(case.work, case.json["args"][case.json["args"].index("-r") + 1]), "rb") as f:
        asked = armoured(f.read())
    line = re.search(r"^-----BEGIN CERTIFICATE REQUEST-----\n(\S+)-----END CERTIFICATE REQUEST-----$", case.our_stdout, re.M)
    right = line and base64.b64decode(line.group(1)) == asked
    return [] if right else [("BAD PKCS#10 on standard output", None, case.our_stdout)]


def key_id_file(case, name, spki):
    """The file, and the line on standard output where there is one."""
    _, text = both(case, name + ".keyId")
    if text is None:
        return []
    line = re.search(r"^Keypair private key id: (.*)$", case.our_stdout, re.M)
    if line and line.group(1).encode() != text:
        return [("BAD key id on standard output", text, line.group(1))]
    right = der.java_hex(der.key_identifier(spki)).encode()
    return [] if text == right else [("BAD key id", right, text)]


def stored_keys(case):
    """Private keys of the database afterwards, as certutil counts them."""
    with open(os.path.join(case.work, "pw"), "w", encoding="ascii") as f:
        f.write(case.json["nss_password"] or "")
    done = subprocess.run(["certutil", "-K", "-d", "sql:nssdb", "-f", "pw"], cwd=case.work, capture_output=True, check=False)
    return set(re.findall(rb"[0-9a-f]{40}", done.stdout))


def columns(recorded, ours):
    a, b = blocks.text_layout(recorded), blocks.text_layout(ours)  # armour with its line ends, columns, line ends
    return [] if a == b else [("columns", a, b)]


def pkcs10(case):
    name = case.json["args"][case.json["args"].index("-o") + 1]
    recorded, ours = both(case, name)
    if ours is None:
        return []
    mine = der.Csr(armoured(ours))
    out = key_id_file(case, name, mine.spki)
    if not signature_is_right(mine.spki, mine.info, mine.signature):
        out.append(("BAD signature", None, None))
    temporary = "-t" in case.json["args"] and case.json["args"][case.json["args"].index("-t") + 1] == "true"
    stored = der.key_identifier(mine.spki).hex().encode() in stored_keys(case)
    if stored == temporary:
        out.append(("BAD key stored", not temporary, stored))
    if not recorded:
        out += subject_asked_for(case, mine.subject)
    if recorded:
        theirs = der.Csr(armoured(recorded))
        out += [d for d in csr_parts(theirs, mine, "request ")
                if d[0] != "request spki" and not (d[0].endswith(EXTENSIONS) and d[1] and d[2] and len(d[1]) == len(d[2]))]
        out += key_kind(theirs.spki, mine.spki)
        out += ski_is_right(mine.attributes.get(EXTENSIONS), mine.spki)
        out += columns(recorded, ours)
    return out


def key_kind(theirs, mine):
    a, b = der.only(theirs), der.only(mine)
    if a[0].whole != b[0].whole or abs(len(theirs) - len(mine)) > 1:
        return [("key kind", a[0].whole, b[0].whole)]
    return []


def ski_is_right(extension_request, spki):
    import hashlib
    if not extension_request:
        return []
    digest = hashlib.sha1(der.only(spki)[1].body[1:]).digest()
    return [] if digest in extension_request else [("BAD subjectKeyIdentifier", digest, extension_request)]


def cmc_response(case):
    if "-o" not in case.json["args"]:
        return []
    recorded, ours = both(case, case.json["args"][case.json["args"].index("-o") + 1])
    out = certificates_kept(case, ours) if ours else []
    if recorded and ours and recorded.split(b"-----BEGIN")[1] != ours.split(b"-----BEGIN")[1]:
        out.append(("PKCS7", recorded, ours))
    return out


def certificates_kept(case, pkcs7):
    """openssl reads what was stored, and finds the certificates of the answer, all of them."""
    with open(os.path.join(case.work, case.json["args"][case.json["args"].index("-i") + 1]), "rb") as f:
        answer = f.read()
    if b"-----BEGIN" in answer:
        answer = armoured(answer)
    listed = [subprocess.run(["openssl", "pkcs7", "-inform", form, "-print_certs"], input=octets, capture_output=True, check=False)
              for form, octets in (("PEM", pkcs7), ("DER", answer))]
    found = [sorted(re.findall(rb"-----BEGIN CERT.*?-----END CERT", done.stdout, re.S)) for done in listed]
    return [] if found[0] and found[0] == found[1] else [("BAD stored PKCS#7", found[1], found[0])]


def subject_asked_for(case, subject):
    """Of a request that Dogtag's tool does not make."""
    if case.exit == 0:
        return []
    asked = classes.name_values(case.json["args"][case.json["args"].index("-n") + 1])
    return [] if classes.der_values(subject) == asked else [("BAD subject", asked, classes.der_values(subject))]


def http(case):
    recorded, ours = both(case, "cmc.resp")
    out = []
    if recorded is not None and ours is not None and recorded != ours:
        out.append(("body", recorded, ours))
    if case.served is not None:
        out += case.served.faults()
    return out


def crmf(case):
    names = [n for n in case.our_files if not n.endswith(".keyId")]
    if not names:
        return []
    recorded, ours = both(case, names[0])
    mine = der.Crmf(der.only(armoured(ours))[0])
    case.crmf = mine
    out = key_id_file(case, names[0], mine.spki)
    if mine.pop_signature and not signature_is_right(mine.spki, mine.request, mine.pop_signature):
        out.append(("BAD proof of possession", None, None))
    out += archived_key(case, mine, "-oaep" in case.json["args"] or "--oaep" in case.json["args"])
    if not recorded:
        return out + subject_asked_for(case, mine.subject)
    out += columns(recorded, ours)
    theirs = der.Crmf(der.only(armoured(recorded))[0])
    case.recorded_crmf = theirs
    if theirs.subject != mine.subject:
        out.append(("subject", theirs.subject, mine.subject))
    out += key_kind(theirs.spki, mine.spki)
    if (theirs.pop is None) != (mine.pop is None) or theirs.pop_alg != mine.pop_alg:
        out.append(("pop", theirs.pop_alg, mine.pop_alg))
    if set(theirs.template) != set(mine.template):
        out.append(("template", set(theirs.template), set(mine.template)))
    if bool(theirs.extensions) and len(theirs.extensions) != len(mine.extensions):
        out.append(("extensions", theirs.extensions, mine.extensions))
    if set(theirs.controls) != set(mine.controls):
        out.append(("controls", set(theirs.controls), set(mine.controls)))
    for key in set(theirs.controls) & set(mine.controls):
        out += archive_parts(theirs.controls[key], mine.controls[key])
    return out


def archive_parts(theirs, mine):
    """PKIArchiveOptions, [0] EncryptedValue: algorithm, kind of parameters, lengths of the wrapped session key and of the key."""
    a, b = list(theirs), list(mine)
    while len(a) == 1:
        a = list(a[0])
    while len(b) == 1:
        b = list(b[0])
    out = []
    if [x.tag for x in a] != [x.tag for x in b]:
        return [("archive shape", [x.tag for x in a], [x.tag for x in b])]
    if len(a) != 3 or len(b) != 3:
        return [("archive shape", None, None)]
    if a[0][0].whole != b[0][0].whole or a[0][1].tag != b[0][1].tag or len(a[0][1].body) != len(b[0][1].body):
        out.append(("archive algorithm", a[0].whole, b[0].whole))
    if len(a[1].body) != len(b[1].body):
        out.append(("archive session key", len(a[1].body), len(b[1].body)))
    if abs(len(a[2].body) - len(b[2].body)) > 32:
        out.append(("archive value", len(a[2].body), len(b[2].body)))
    return out


def rsa_decrypt(case, key, octets, oaep):
    """With a recorded key of the CA or the KRA."""
    args = ["openssl", "pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", os.path.join(case.vectors, "_base", key)]
    if oaep:
        args += ["-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256"]
    return subprocess.run(args, input=octets, capture_output=True, check=False).stdout


def aes_decrypt(key, iv, octets):
    return subprocess.run(["openssl", "enc", "-d", "-aes-128-cbc", "-K", key.hex(), "-iv", iv.hex()], input=octets,
                          capture_output=True, check=False).stdout


def archived_key(case, mine, oaep):
    """The KRA gets the private key of this very request: opened here where the wrap is AES-CBC."""
    control = mine.controls.get("1.3.6.1.5.5.7.5.1.4")
    if control is None:
        return []
    value = list(control)
    while len(value) == 1:
        value = list(value[0])
    session = rsa_decrypt(case, "kra-transport.key.der", value[1].body[1:], oaep)
    if len(session) != 16:
        return [("BAD session key of the archived key", 16, len(session))]
    if der.oid(value[0][0].body) != "2.16.840.1.101.3.4.1.2":
        return []
    pkcs8 = aes_decrypt(session, value[0][1].body, value[2].body[1:])
    done = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=pkcs8, capture_output=True,
                          check=False)
    return [] if done.stdout == mine.spki else [("BAD archived key", mine.spki, done.stdout)]


def token_parts(case, recorded, ours):
    """Octets of two tokens: ours holds the secret, in the shape of the recorded one."""
    top = der.only(ours)
    if [p.tag for p in top] != [4, 4] or len(top[1].body) % 16:
        return [("BAD shape", None, ours)]
    args = case.json["args"]
    session = rsa_decrypt(case, "kra-issuanceprot.key.der", top[0].body, "-oaep" in args or "--oaep" in args)
    secret = aes_decrypt(session, b"\1" * 16, top[1].body).decode("utf-8", "replace")
    if secret != args[args.index("-s") + 1]:
        return [("BAD secret inside", args[args.index("-s") + 1], secret)]
    theirs = [len(p.body) for p in der.only(recorded)] if recorded else None
    mine = [len(p.body) for p in top]
    return [("token lengths", theirs, mine)] if theirs and theirs != mine else []


def shared_token(case):
    names = [n for n in case.our_files if not n.endswith(".db")]
    if not names:
        theirs = [blocks.octets(b) for b in blocks.find(case.raw_stdout)]
        if case.our_exit == 0 and case.printed is None:
            return [("BAD no token", None, case.our_stdout)]
        return token_parts(case, theirs[0] if theirs else None, case.printed) if case.printed else []
    recorded, ours = both(case, names[0])
    out = token_parts(case, armoured(recorded) if recorded else None, armoured(ours))
    return out + (columns(recorded, ours) if recorded else [])


def database_of(path, password):
    """(nickname, trust) of all certificates and the CKA_IDs of all private keys; None when there is no database."""
    if not os.path.isfile(os.path.join(path, "cert9.db")):
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as pw:
        pw.write(password)
        pw.flush()
        listed = subprocess.run(["certutil", "-L", "-d", "sql:" + path], capture_output=True, check=False, text=True)
        certs = set(re.findall(r"^(\S.*?)\s+([A-Za-z]*,[A-Za-z]*,[A-Za-z]*) *$", listed.stdout, re.M))
        keys = subprocess.run(["certutil", "-K", "-d", "sql:" + path, "-f", pw.name], capture_output=True, check=False)
        if b"password" in keys.stderr.lower() and b"incorrect" in keys.stderr.lower():
            return "wrong password"
    return certs, set(re.findall(rb"[0-9a-f]{40}", keys.stdout))


def pki_database(case):
    """The database that the run left, beside the recorded one."""
    args = case.json["args"]
    where = args[args.index("-d") + 1] if "-d" in args else None
    if not where:
        return []
    recorded = os.path.normpath(os.path.join(case.dir, case.json.get("nss_db_newdb") or case.json["nss_db"]))
    theirs = database_of(recorded, "Secret.123") if os.path.isdir(recorded) else None
    mine = database_of(os.path.join(case.work, where), "Secret.123")
    if theirs is None or mine is None:
        return [] if theirs == mine else [("database", theirs, mine)]
    if "wrong password" in (theirs, mine):
        return [("database password", theirs, mine)]
    out = []
    if theirs[0] != mine[0]:
        out.append(("certificates", theirs[0], mine[0]))
    new = int(any(word in args for word in ("nss-key-create", "nss-cert-request")))  # ours started with the recorded one
    if not theirs[1] <= mine[1] or len(theirs[1]) + new != len(mine[1]):
        out.append(("keys", theirs[1], mine[1]))
    return out


def pki_output(case, name):
    """Octet for octet, but for requests: those are of a new key."""
    recorded, ours = both(case, name)
    if recorded is None or ours is None or recorded == ours:
        return []
    if b"CERTIFICATE REQUEST" not in recorded:
        return [("file " + name, recorded, ours)]
    theirs, mine = der.Csr(armoured(recorded)), der.Csr(armoured(ours))
    out = [d for d in csr_parts(theirs, mine, "request ") if d[0] != "request spki"] + key_kind(theirs.spki, mine.spki)
    if not signature_is_right(mine.spki, mine.info, mine.signature):
        out.append(("BAD signature", None, None))
    if der.key_identifier(mine.spki).hex().encode() not in stored_keys(case):
        out.append(("BAD key stored", None, None))
    out += columns(recorded, ours)
    return out


def pki(case):
    out = pki_database(case)
    for name in case.outputs:
        if os.path.isfile(os.path.join(case.dir, name)):
            out += pki_output(case, name)
    return out
