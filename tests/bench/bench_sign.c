/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bare NSS: what any program has to pay for an RSA signature with a key of a database.
 * usage: bench_sign DB PASSWORD-FILE NICKNAME COUNT    prints signatures per CPU second; COUNT 1 is meant to be timed from outside.
 */
#include <cert.h>
#include <cryptohi.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <secoid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *read_password(const char *path)
{
    static char line[256];
    FILE *f = fopen(path, "r");
    if (!f || !fgets(line, sizeof line, f)) {
        exit(2);
    }
    fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        return 4;
    }
    if (NSS_Init(argv[1]) != SECSuccess) {
        return 1;
    }
    PK11SlotInfo *slot = PK11_GetInternalKeySlot();
    if (PK11_CheckUserPassword(slot, read_password(argv[2])) != SECSuccess) {
        return 1;
    }
    CERTCertificate *cert = PK11_FindCertFromNickname(argv[3], NULL);
    SECKEYPrivateKey *key = cert ? PK11_FindKeyByAnyCert(cert, NULL) : NULL;
    long count = strtol(argv[4], NULL, 10);
    /* A copy in the session: a key in the database is decrypted anew for each signature otherwise. */
    SECKEYPrivateKey *copy = key && count > 1 ? PK11_CopyTokenPrivKeyToSessionPrivKey(slot, key) : NULL;
    SECKEYPrivateKey *used = copy ? copy : key;
    if (!used) {
        return 1;
    }
    SECOidTag algorithm = SECKEY_GetPrivateKeyType(used) == ecKey ? SEC_OID_ANSIX962_ECDSA_SHA256_SIGNATURE
                                                                  : SEC_OID_PKCS1_SHA256_WITH_RSA_ENCRYPTION;
    unsigned char data[1024];
    memset(data, 7, sizeof data);
    double start = now();
    for (long i = 0; i < count; i++) {
        SECItem signature = {siBuffer, NULL, 0};
        if (SEC_SignData(&signature, data, sizeof data, used, algorithm) != SECSuccess) {
            return 1;
        }
        SECITEM_FreeItem(&signature, PR_FALSE);
    }
    printf("%.1f\n", (double)count / (now() - start));
    return 0;
}
