/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_TESTS_HARNESS_TESTSLAPD_H
#define CMCW_TESTS_HARNESS_TESTSLAPD_H
/*
 * A real slapd with a private configuration: free loopback ports, ldapi socket, Dogtag's attributes, some users
 * and some certificate records. Suffix dc=example,dc=com; administrator cn=admin,dc=example,dc=com, password
 * "Secret.123"; ldapi EXTERNAL as the test's own user is the administrator, too, and so is the subject CN=desk of a client
 * certificate that the directory's CA issued.
 *   users: uid=jdoe (inetOrgPerson), uid=asmith, uid=twin (twice), below ou=people
 *   records: cn=26, cn=27 and cn=65563 below ou=certificateRepository,ou=ca,dc=example,dc=com; cn=26 has metaInfo requestId:9
 */
#include <stdbool.h>
#include <sys/types.h>

#include "harness/testcert.h"

#define TESTSLAPD_ADMIN "cn=admin,dc=example,dc=com"
#define TESTSLAPD_PASSWORD "Secret.123"
#define TESTSLAPD_CLIENT "desk"

struct testslapd {
    pid_t pid;
    int port, tls_port;
    bool config; /* runs from the folder config in place of slapd.conf */
    char *folder;
    char *ldapi; /* "ldapi://%2F..." */
};

/* slapd and slapadd are there. */
bool testslapd_available(void);
/* folder: private, exists. with_schema false: a server that does not know shrTok. */
bool testslapd_start(struct testslapd *slapd, const char *folder, const struct testcert *server,
                     const struct testcert *ca, bool with_schema);
/* Without shrTok, but with a configuration that can be changed over LDAP (cn=config) by the administrator. */
bool testslapd_start_config(struct testslapd *slapd, const char *folder, const struct testcert *server,
                            const struct testcert *ca);
void testslapd_stop(struct testslapd *slapd);
#endif
