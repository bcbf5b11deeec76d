# SPDX-License-Identifier: Apache-2.0
"""The deliberate differences from Dogtag's tools. A class says what it is about, to which runs it applies, and by which rule a
difference belongs to it; lines on standard output may be set aside by a filter, or be explained as a whole, and so may those on
standard error. What is not explained is a failure. To add a class: a row at the end of this file, or in own_runs.py when no
recorded run shows it, and a paragraph in cmc-dogtag(7). Rows never name a case."""
import hashlib
import hmac
import re

import der
import expected


class Row:
    def __init__(self, name, about, applies, rule=None, lines=None, stdout=None, stderr=None):
        self.name, self.about, self.applies = name, about, applies
        self.rule = rule or (lambda case, kind, recorded, ours: False)
        self.lines = lines    # (case, list of lines) -> list of lines, for both sides
        self.stdout = stdout  # (case, recorded lines, our lines) -> True when that is all of the difference
        self.stderr = stderr  # the same for standard error


def lines_explained(rows, case, recorded, ours):
    """Names of the classes that together make the lines equal; none when they do not."""
    names = []
    for row in rows:
        if row.lines:
            a, b = row.lines(case, recorded), row.lines(case, ours)
            if a != recorded or b != ours:
                before = recorded != ours
                recorded, ours = a, b
                names += [row.name] if before else []
    if recorded == ours:
        return names
    for row in rows:
        if row.stdout and row.stdout(case, recorded, ours):
            return names + [row.name]
    return []


# ---- filters of lines ----

def blank_value_after(*headings):
    """The value under these headings is another one in each run."""
    def lines(_, text):
        out = list(text)
        for i in range(1, len(out)):
            if out[i - 1] in headings and out[i].startswith("   Value: "):
                out[i] = "   Value: #"
        return out
    return lines


def without_ids(_, text):
    return [re.sub(r"bpid = \d+", "bpid = #", line) for line in text]


def until_usage(_, text):
    for i, line in enumerate(text):
        if line.lower().startswith("usage: "):
            return text[:i + 1] if line.startswith("Usage: CMCRequest") else text[:i]
    return text


# What Dogtag's own text misspells: its tool reads another key.
MISPRINTS = {"senderNonce.id"}


def names_in_usage(text):
    """Options and .cfg keys of a usage text, as they are written there."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.lower().startswith("usage: ")), len(lines))
    rest = "\n".join(lines[start:])
    return set(re.findall(r"(?<![\w<-])(--?[A-Za-z][\w-]*)", rest)) | set(re.findall(r"(?m)^([A-Za-z][\w.]*)=", rest))


def own_usage(case):
    """Both print a usage text, and ours has every option and key of the recorded one; an example may glue a value to a letter."""
    if not re.search("usage: ", case.stdout, re.I) or not re.search("usage: ", case.our_stdout, re.I):
        return False
    ours = names_in_usage(case.our_stdout)
    missing = {n for n in names_in_usage(case.stdout) - MISPRINTS if n not in ours and not (n[0] == "-" and n[1] != "-" and n[:2] in ours)}
    return not missing


# ---- rules ----

def message(case):
    return getattr(case, "message", None)


def recorded_message(case):
    return getattr(case, "recorded_message", None)


def is_on(case, key):
    return case.cfg().get(key, "").lower() == "true"


def is_message_tool(case):
    return case.tool in ("CMCRequest", "CMCRevoke", "CMCEnroll")


def recorded_ids_clash(case):
    theirs = recorded_message(case)
    return bool(theirs) and len(set(theirs.ids())) != len(theirs.ids())


def ids_rule(case, kind, recorded, ours):
    return kind == "ids"


def new_random(case, kind, recorded, ours):
    """The same number of octets, and not the same octets."""
    value = case.cfg().get("senderNonce", "")
    if kind == "control 6":
        return not value and len(recorded.body) == len(ours.body)
    return kind == "control 22" and len(ours.body) == 64


def right_witness(case, kind, recorded, ours):
    """What a CA would compute from our own octets."""
    cfg, mine = case.cfg(), message(case)
    secret, ident = cfg.get("witness.sharedSecret", "").encode(), cfg.get("identification", "").encode()
    if kind == "control 34":
        return der.proof_is_right(mine.control(34), secret, ident, mine.req_sequence)
    if kind == "control 3":
        key = hashlib.sha1(cfg.get("identityProof.sharedSecret", "").encode()).digest()
        return hmac.new(key, mine.req_sequence, "sha1").digest() == ours.body
    if kind == "request attribute " + der.CMC + "33":
        value = der.parts(ours)[0] if ours[0] == 0x31 else der.only(ours)
        return der.proof_is_right(value, secret, ident, mine.control(22).body) and der.proof(value)[0:2] == der.proof(
            der.only(recorded))[0:2]
    return False


def derived_transaction(case, kind, recorded, ours):
    return kind == "control 5" and not case.cfg().get("transactionMgt.id") and len(ours.body) in (15, 16, 17)


def no_ec_parameters(case, kind, recorded, ours):
    ecdsa = "1.2.840.10045.4.3.2"
    return kind in ("signer sig_alg", "request sig_alg", "pop", "request pop_alg") and recorded == (ecdsa, "0500") and ours == (ecdsa, "")


def failure_of(case):
    """The exit status that Dogtag's tool of that name fails with."""
    return 255 if case.tool == "pki" else 1


def both_failed(case):
    return case.exit != 0 and case.our_exit == failure_of(case)


def said_why(case):
    return re.search(r"^%s: error: .* \[[a-z0-9-]+\]$" % re.escape(case.tool), case.our_stderr, re.M)


def nothing_written(case):
    return not [f for f in case.our_files if f not in case.outputs] and not set(case.our_files) & set(case.outputs)


def in_order(_, recorded, ours):
    """How far ours goes along the recorded lines; how far it must go is the case's row in expected_ids.txt."""
    return expected.said(recorded, ours) is not None


def failure_stdout(case, recorded, ours):
    return bool(said_why(case)) and nothing_written(case) and in_order(case, recorded, ours)


def java_lines_only(case, recorded, ours):
    """Nothing is missing but lines that name a Java exception."""
    return failure_stdout(case, recorded, ours) and expected.said(recorded, ours) == "all"


def stops_earlier(case):
    """The mistake shows before the work is done: on the command line, in the cfg, or in the folder."""
    return both_failed(case) and expected.error_id(case) in ("usage", "cfg-required", "nss-db-missing")


# Lines that tell of work which is not done when its result could not be used: a key made, a control built, a challenge opened.
WORK = re.compile(r"Generating key pair: |Keypair private key id: |Successfully create |CryptoManger initialized$|"
                  r"constructDecryptedPopRequest: begins$")


def until_work(case, recorded, ours):
    """Every recorded line is said, up to the first that tells of such work, and none behind it."""
    said = expected.said(recorded, ours) or ""
    return failure_stdout(case, recorded, ours) and said.isdigit() and bool(WORK.match(expected.kept(recorded)[int(said)]))


def refused(*ids):
    """Recorded as success; ours stops with one of these errors and leaves nothing behind."""
    def applies(case):
        why = said_why(case)
        return case.exit == 0 and case.our_exit == 1 and bool(why) and any("[%s]" % i in case.our_stderr for i in ids)
    return applies


def refusal(case, kind, recorded, ours):
    return kind == "exit" or (kind == "files" and nothing_written(case))


def worked_where(*marks):
    """Recorded as a failure with one of these texts; ours works, and its output passes every check of ours."""
    def applies(case):
        return case.exit != 0 and case.our_exit == 0 and any(m in case.stdout + case.stderr for m in marks)
    return applies


# ---- standard error ----

NOISE = re.compile(r"WARNING: The .* is deprecated\. Use a more secure algorithm\.$|WARNING: Ignored jss\.crypto\.Policy violation: |"
                   r"WARNING: NSSDatabase: Notice: |\s+at [\w.$<>]+[(/]|\s+\.\.\. \d+ (more|common)")
JAVA = re.compile(r"(Exception in thread \"main\" |Caused by: )?[a-z]\w*\.[\w.]*(Exception|Error)\b")
DOGTAG = re.compile(r"ERROR: |Try '\w+ --help' for more information\.$")


def stderr_lines(text):
    """Without what the Java libraries say to programmers."""
    return [line.rstrip() for line in text.split("\n") if line.strip() and not NOISE.match(line)]


def before_explanation(case, ours):
    """The lines in front of our explanation: error with id, context, why, what to do, detail. None: there is no sound one."""
    start = next((i for i, line in enumerate(ours) if re.match(r"%s: error: \S.*\S \[[a-z0-9-]+\]$" % re.escape(case.tool), line)), None)
    if start is None or "[internal]" in ours[start]:
        return None
    kinds = (("  ", "c"), ("Why: ", "w"), ("What to do: ", "t"), ("Detail: ", "d"))
    shape = "".join(next((mark for begin, mark in kinds if line.startswith(begin)), "?") for line in ours[start + 1:])
    return ours[:start] if re.fullmatch("c*w?td?", shape) else None


def explained(case, recorded, ours):
    """Dogtag's own words stand in front of our explanation, or are replaced by it; Java's exceptions always are."""
    head = before_explanation(case, ours)
    theirs = [line for line in recorded if not JAVA.match(line)]
    if head is None or not all(DOGTAG.match(line) for line in head + theirs):
        return False
    return head in ([], theirs) or not theirs or (theirs[0] == "ERROR: null" and head[1:] == theirs[1:])


WARNINGS = (r"CRMFPopClient: warning: the key was temporary and is gone; -t false keeps it$",
            r"CRMFPopClient: warning: an EC key with POP_NONE cannot take the CA's second trip \(internalCAError\); use POP_SUCCESS, or RSA$",
            r"(CMCRequest|CMCRevoke): warning: removeFromCRL releases no hold: ",
            r"pki: warning: the issuer of .* is not known here: its signature was not checked$",
            r"CMCResponse: warning: no trusted CA in the database .*: who signed the response was not checked$",
            r"CMCSharedToken: warning: the secret is not ASCII; its octets are taken as they stand on the command line \(UTF-8\), where Dogtag's "
            r"tool converts them by the locale\. CAs compare octets, so such a secret may fail; cmc token refuses it\.$",
            r"HttpClient: note: ")


def only_warnings(case, recorded, ours):
    return not recorded and all(any(re.match(w, line) for w in WARNINGS) for line in ours)


def no_complaint(case, recorded, ours):
    """Ours works: nothing is said where Dogtag's tool complained."""
    return only_warnings(case, [], ours) and all(JAVA.match(line) or DOGTAG.match(line) for line in recorded)


# ---- where ours works and Dogtag's tool does not ----

GAVE_UP = re.compile(r".*No such hashing algorithm|.*(hash|keyGen)Alg=SHA256; macAlg=SHA256$|.*returned null\.\.\.exit|.*Exception|.*[Ee]rror\b|.*not found|ERROR: |.*deprecated|.*Unknown AVA|.*failed to verify|"
                     r".*Must abort|Usage: |usage: |.*Wrong number|.*Illegal input|.*exception|$")
DONE = {"CMCRequest": "is stored in ", "CMCRevoke": "binary blob written to ", "CRMFPopClient": "Storing CRMF request ",
        "PKCS10Client": "Certificate request written into ", "CMCEnroll": "-----END ", "CMCResponse": "CMC "}


def works(case, recorded, ours):
    """What Dogtag's tool said before it gave up stands in ours in that order (CMCRevoke of Dogtag loses the last character of a value
    in quotes), and ours says that the work is done."""
    rest = iter(ours)
    known = [line for line in recorded if not GAVE_UP.match(line)]
    return all(any(line in (other, other[:-1]) for other in rest) for line in known) and any(DONE[case.tool] in line for line in ours)


def expected_files(case):
    """What the tool writes when it works."""
    args = case.json["args"]
    if case.tool == "CMCResponse":
        return {args[args.index("-o") + 1]}
    if case.tool == "CMCRevoke":
        return {"CMCRevoke.out"}
    if case.tool == "CMCEnroll":
        return {args[args.index("-r") + 1] + ".out"}
    if case.tool == "CMCRequest":
        second = is_on(case, "decryptedPop.enable")
        return {case.cfg().get("decryptedPopRequestFile" if second else "output")}
    return {args[args.index("-o") + 1], args[args.index("-o") + 1] + ".keyId"}


def working(case, kind, recorded, ours):
    return kind == "exit" or (kind == "files" and set(ours) - set(recorded) == expected_files(case))


def algorithms_left_out(case):
    """The cfg leaves the algorithm out; Dogtag's tool does not know its own default."""
    return "No such hashing algorithm:SHA256" in case.stdout and case.our_exit == 0


def proof_is_there(case, kind, recorded, ours):
    secret, ident = case.cfg().get("witness.sharedSecret", "").encode(), case.cfg().get("identification", "").encode()
    mine = message(case)
    if kind == "control list":
        return [c for c in ours if c not in recorded] == [der.CMC + "34"] and der.proof_is_right(mine.control(34), secret, ident,
                                                                                                mine.req_sequence)
    return kind == "ids" or working(case, kind, recorded, ours)


def database_made(case):
    return DB_FILES <= set(case.outputs)


def no_database(case, kind, recorded, ours):
    return kind == "files" and set(recorded) - set(ours) == DB_FILES and not set(ours) - set(recorded)


def unknown_code(case):
    return case.tool == "CMCResponse" and both_failed(case) and "Error found in the response. Exception: java.lang" in case.stdout


def goes_on(case, recorded, ours):
    """All that was recorded before the exception, and then more."""
    known = [line for line in recorded if not line.startswith("Error found in")]
    while known and not known[-1]:
        known.pop()
    return ours[:len(known)] == known and bool(said_why(case))


def body_cut(case):
    return case.tool == "HttpClient" and case.exit == 0 and case.our_exit == 0 and case.json.get("saved_equals_body") is False


def whole_body(case, kind, recorded, ours):
    return kind == "body" and ours == case.recorded("expected.resp")


def without_size(_, text):
    return [re.sub(r"(bytes read =) \d+", r"\1 #", line) for line in text]


def proof_recorded(case):
    return refused("cmc-secret-not-ascii", "cmc-identification-not-ascii")(case)


def name_values(text):
    """Attribute values of an RFC 4514 text, last RDN first, without escapes and string types."""
    out, value, i = [""], False, 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text):
            out[-1] += text[i + 1] if value else ""
            i += 1
        elif text[i] in ",+":
            out.append("")
            value = False
        elif text[i] == "=" and not value:
            value = True
        elif value:
            out[-1] += text[i]
        i += 1
    return sorted(re.sub(r"^\w+String:", "", v).strip() for v in out)


def der_values(subject):
    charsets = {0x0c: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1e: "utf-16-be", 0x1c: "utf-32-be"}
    return sorted(a[1].body.decode(charsets[a[1].tag]) for rdn in der.only(subject) for a in rdn)


def whole_name(case, kind, recorded, ours):
    args = case.json["args"]
    return kind == "subject" and der_values(ours) == name_values(args[args.index("-n") + 1]) and b"\x14" not in {
        bytes([a[1].tag]) for rdn in der.only(ours) for a in rdn}


def quoted_or_named(case):
    """Values in quotes, serials in hex, reasons by name: CMCRevoke of Dogtag stumbles over all of them."""
    return case.tool == "CMCRevoke" and worked_where("Signing Certificate not found", "NumberFormatException")(case)


SHA1 = {"digest": ("1.3.14.3.2.26", "0500"), "sig_alg": ("1.2.840.113549.1.1.5", "0500")}
SHA256 = {"digest": ("2.16.840.1.101.3.4.2.1", "0500"), "sig_alg": ("1.2.840.113549.1.1.11", "0500")}


def sha1_only(case):
    """CMCEnroll of Dogtag signs with SHA-1 and RSA only."""
    return case.tool == "CMCEnroll" and "The SHA1 algorithm used in " in case.stderr and case.our_exit == 0


def stronger_hash(case, kind, recorded, ours):
    """The hash of the signature and the one that the nonce is (in base64, with a line end); or it works with a key that is not RSA."""
    if kind == "control 6":
        return (len(recorded.body), len(ours.body)) == (28 + 2, 44 + 2)
    if kind == "digest algorithms":
        return recorded == [SHA1["digest"]] and ours == [SHA256["digest"]]
    if kind.startswith("signer "):
        return (recorded, ours) == (SHA1.get(kind[7:]), SHA256.get(kind[7:]))
    return case.exit != 0 and working(case, kind, recorded, ours)


def secret_shown(case):
    return case.tool == "CMCSharedToken" and "passphrase String = " in case.stdout


def secret_hidden(case, recorded, ours):
    secret = case.json["args"][case.json["args"].index("-s") + 1]
    kept = [line for line in recorded if not line.startswith(("passphrase ", "[", "issuance protection certificate imported"))]
    return kept == ours and secret not in case.our_stdout + case.our_stderr


DB_FILES = {"cert9.db", "key4.db", "pkcs11.txt"}

def blocks(text):
    """Paragraphs of a list, between its frames."""
    return sorted("\n".join(text).strip("\n").replace("-\n  ", "-\n\n  ").replace("\n---", "\n\n---").split("\n\n"))


def same_blocks(case, recorded, ours):
    return recorded != ours and blocks(recorded) == blocks(ours)


def new_key_id(_, text):
    return [re.sub(r"^(  Key ID: 0x)[0-9a-f]{40}$", r"\1#", line) for line in text]


def did_nothing(case):
    """No output in spite of exit 0; or an empty request, or certificates of an answer that tells no status."""
    empty = re.search(r"numRequests=0|\[ca-no-status\]", case.our_stderr)
    return case.exit == 0 and case.our_exit == failure_of(case) and bool(said_why(case)) and (not case.outputs or bool(empty))


def broken_wrap(case):
    """-w DES3/CBC/Pad names an OID by which the KRA reads something else."""
    args = case.json["args"]
    return (case.tool == "CRMFPopClient" and case.exit == 0 and case.our_exit == 1 and "-b" in args and "-w" in args
            and args[args.index("-w") + 1].upper().startswith("DES3")
            and "No key recovery authority opens keys that are wrapped with " + args[args.index("-w") + 1] in case.our_stderr)


CLASSES = [
    Row("own-usage-text", "the usage text is ours, made from the key table; it names every option and key that the recorded one names",
        own_usage, lines=until_usage),
    Row("unique-ids", "body part ids are unique in the message; Dogtag's tool gives some twice",
        recorded_ids_clash, ids_rule, lines=without_ids),
    Row("random-values", "nonces and popLinkRandom are new in every run (Dogtag's old popLinkRandom is a constant)",
        is_message_tool, new_random, lines=blank_value_after("SenderNonce control:")),
    Row("witness-recomputed", "proofs over other octets differ, and are what a CA computes from ours",
        is_message_tool, right_witness, lines=blank_value_after("Identity Proof V2 control:", "Identity Proof control:")),
    Row("sha256-for-md5", "a transaction id that the cfg does not give comes from SHA-256 of the key, not MD5",
        is_message_tool, derived_transaction, lines=blank_value_after("Transaction ID control:")),
    Row("ec-parameters-absent", "ECDSA identifiers without NULL, as RFC 5758 wants", lambda case: True, no_ec_parameters),
    Row("java-trace-text", "both fail; the reason is told on standard error in words, instead of a Java exception or behind Dogtag's words",
        both_failed, stdout=java_lines_only, stderr=explained),
    Row("stops-earlier", "a mistake that shows beforehand ends the tool before a key, a control or a database is made in vain",
        stops_earlier, stdout=until_work),
    Row("default-algorithms", "an algorithm that the cfg leaves out is SHA-256; Dogtag's tool drops the proof or stops",
        algorithms_left_out, proof_is_there, stdout=works, stderr=no_complaint),
    Row("refuses-silent-drop", "a control that was asked for and cannot be made is an error, not left out",
        refused("cmc-mac-sha1", "cmc-mac-sha384", "cfg-choice", "secret-needed"), refusal, stdout=failure_stdout, stderr=explained),
    Row("refuses-dead-proof", "a proof that no server can check (secrets that are not ASCII) is refused", proof_recorded, refusal,
        stdout=failure_stdout, stderr=explained),
    Row("refuses-wrong-key", "a key that is not the request's signs nothing", refused("cmc-request-key-mismatch"), refusal,
        stdout=failure_stdout, stderr=explained),
    Row("refuses-duplicate-ids", "CRMF requests with one certReqId do not go into one message", refused("cmc-id-in-use"), refusal,
        stdout=failure_stdout, stderr=explained),
    Row("verifies-signature", "a response whose signature is wrong is refused (--no-verify shows it)",
        refused("trust-signature", "cmc-signature", "trust-chain"), refusal, stdout=failure_stdout, stderr=explained),
    Row("refuses-broken-wrap", "a key is not wrapped for the KRA in a way that no KRA opens", broken_wrap, refusal, stdout=failure_stdout,
        stderr=explained),
    Row("refuses-weak-keys", "RSA keys under 1024 bits are not made", refused("nss-key-spec"), refusal, stdout=failure_stdout, stderr=explained),
    Row("fails-loudly", "Dogtag's tool exits 0 though it did not do what it was asked for", did_nothing, refusal, stdout=failure_stdout, stderr=explained),
    Row("works-where-java-stops", "input that Dogtag's tool cannot take, of a kind that newer ones or the RFC know",
        worked_where("Sequence tag error", "java.lang.NumberFormatException: For input string: \"x", "witness failed to verify",
                     "Unknown AVA keyword", "is not a valid character for a PrintableString", "PKCS7.encodeSignedData"), working, stdout=works, stderr=no_complaint),
    Row("leaves-folder-alone", "no database is made where none was", database_made, no_database, stdout=failure_stdout, stderr=explained),
    Row("unknown-codes-shown", "codes and statuses that Dogtag's tool stumbles over are printed", unknown_code, stdout=goes_on, stderr=explained),
    Row("whole-answer-kept", "the answer is stored whole, however many header lines came before it", body_cut, whole_body,
        lines=without_size),
    Row("whole-names", "subjects are taken whole: no RDN is left out, no escape kept, no TeletexString",
        lambda case: case.tool == "CRMFPopClient", whole_name),
    Row("secret-not-shown", "a secret is never printed, and the protection certificate is not imported", secret_shown,
        stdout=secret_hidden),
    Row("takes-usual-spellings", "quotes around values, hex serials and names of reasons are understood", quoted_or_named, working,
        stdout=works, stderr=no_complaint),
    Row("listed-by-name", "lists of a database are in the order of the nicknames; NSS has none",
        lambda case: case.tool == "pki" and case.our_exit == 0, stdout=same_blocks),
    Row("new-key", "a key that is made is a new one in every run",
        lambda case: case.tool == "pki" and "nss-key-create" in case.json["args"], lines=new_key_id),
    Row("warns", "what a user has to know is said on standard error, where Dogtag's tool keeps it to itself",
        lambda case: case.exit == 0 and case.our_exit == 0, stderr=only_warnings),
    Row("sha256-for-sha1", "CMCEnroll signs with SHA-256, and with EC keys as well", sha1_only, stronger_hash, stdout=works, stderr=no_complaint),
]
