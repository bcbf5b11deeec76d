/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "harness/testslapd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"

/* Dogtag gives shrTok the OID "shrTok-oid", which slapd cannot read; ours are from the example arc. */
static const char schema[] =
    "attributetype ( 2.25.1001 NAME 'shrTok' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )\n";
static const char schema_records[] =
    "attributetype ( 2.25.1002 NAME 'metaInfo' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n"
    "objectclass ( 2.25.1003 NAME 'certificateRecord' SUP top STRUCTURAL MUST cn MAY metaInfo )\n";

static const char content[] =
    "dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n"
    "dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\n"
    "dn: ou=more,ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: more\n\n"
    "dn: uid=jdoe,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: jdoe\ncn: Jane Doe\nsn: Doe\n\n"
    "dn: uid=asmith,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: asmith\ncn: A Smith\nsn: Smith\n\n"
    "dn: uid=twin,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: twin\ncn: T\nsn: T\n\n"
    "dn: uid=twin,ou=more,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: twin\ncn: T\nsn: T\n\n"
    "dn: ou=ca,dc=example,dc=com\nobjectClass: organizationalUnit\nou: ca\n\n"
    "dn: ou=certificateRepository,ou=ca,dc=example,dc=com\nobjectClass: organizationalUnit\nou: "
    "certificateRepository\n\n"
    "dn: cn=26,ou=certificateRepository,ou=ca,dc=example,dc=com\nobjectClass: certificateRecord\ncn: 26\n"
    "metaInfo: requestId:9\n\n"
    "dn: cn=27,ou=certificateRepository,ou=ca,dc=example,dc=com\nobjectClass: certificateRecord\ncn: 27\n\n"
    "dn: cn=65563,ou=certificateRepository,ou=ca,dc=example,dc=com\nobjectClass: certificateRecord\ncn: 65563\n\n";

static const char *program(const char *name)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/libexec", "/usr/lib/openldap"};
    static char path[64];
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        snprintf(path, sizeof(path), "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

static const char *schema_folder(void)
{
    return access("/etc/ldap/schema/core.schema", R_OK) == 0 ? "/etc/ldap/schema" : "/etc/openldap/schema";
}

bool testslapd_available(void)
{
    char *core = xasprintf("%s/core.schema", schema_folder());
    bool there = program("slapd") && program("slapadd") && access(core, R_OK) == 0;
    free(core);
    return there;
}

static bool write_file(const char *folder, const char *name, const char *text)
{
    char *path = path_join(folder, name);
    bool good = file_write(path, bytes_of_str(text), 0600, NULL);
    free(path);
    return good;
}

/* A test that searches memory for the password needs a longer one. */
static const char *admin_password(void)
{
    const char *given = getenv("TESTSLAPD_PASSWORD");
    return given ? given : TESTSLAPD_PASSWORD;
}

static bool write_config(const char *folder, bool with_schema, bool config)
{
    struct buf conf = BUF_INIT(BUF_MAX_TEXT);
    static const char *const includes[] = {"core", "cosine", "inetorgperson"};
    for (size_t i = 0; i < ARRAY_LEN(includes); i++) {
        buf_add(&conf, "include %s/%s.schema\n", schema_folder(), includes[i]);
    }
    buf_add(&conf, "%s%s", with_schema ? schema : "", schema_records);
    if (access("/usr/lib/ldap", R_OK) == 0) {
        buf_add(&conf, "modulepath /usr/lib/ldap\nmoduleload back_mdb\n");
    }
    buf_add(&conf,
            "pidfile %1$s/slapd.pid\nTLSCACertificateFile %1$s/ca.pem\nTLSCertificateFile %1$s/server.pem\n"
            "TLSCertificateKeyFile %1$s/server.key\n"
            "TLSVerifyClient try\nauthz-regexp \"(.*,|)cn=" TESTSLAPD_CLIENT "(,.*|)\" \"" TESTSLAPD_ADMIN "\"\n"
            "authz-regexp \"gidNumber=%2$u\\\\+uidNumber=%3$u,cn=peercred,cn=external,cn=auth\" \"" TESTSLAPD_ADMIN
            "\"\n"
            "%5$s"
            "database mdb\nmaxsize 10485760\nsuffix dc=example,dc=com\nrootdn " TESTSLAPD_ADMIN "\n"
            "rootpw %4$s\ndirectory %1$s/data\naccess to * by * read\n",
            folder, (unsigned)getgid(), (unsigned)getuid(), admin_password(),
            config ? "database config\naccess to * by dn.exact=\"" TESTSLAPD_ADMIN "\" manage\n" : "");
    bool good = write_file(folder, "slapd.conf", buf_str(&conf));
    buf_release(&conf);
    return good;
}

static bool write_certs(const char *folder, const struct testcert *server, const struct testcert *ca)
{
    char *ca_pem = testcert_crt(ca, true, NULL);
    char *pem = testcert_crt(server, true, NULL);
    char *key = testcert_key(server, true, NULL);
    bool good = write_file(folder, "ca.pem", ca_pem) && write_file(folder, "server.pem", pem) &&
                write_file(folder, "server.key", key);
    free(ca_pem);
    free(pem);
    free(key);
    return good;
}

static bool fill(const char *folder)
{
    char *command = xasprintf("'%s' -f '%s/slapd.conf' -l '%s/content.ldif' >'%s/slapadd.log' 2>&1", program("slapadd"),
                              folder, folder, folder);
    bool good = write_file(folder, "content.ldif", content) && system(command) == 0;
    free(command);
    return good;
}

static bool convert(const char *folder)
{
    char *config = path_join(folder, "config");
    char *command = xasprintf("'%1$s' -f '%2$s/slapd.conf' -F '%2$s/config' >'%2$s/slaptest.log' 2>&1", program("slaptest"), folder);
    bool good = mkdir(config, 0700) == 0 && system(command) == 0;
    free(command);
    free(config);
    return good;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                getsockname(fd, (struct sockaddr *)&address, &len) == 0;
    close(fd);
    return good ? ntohs(address.sin_port) : -1;
}

static bool answers(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return good;
}

static bool run(struct testslapd *slapd)
{
    slapd->port = free_port();
    slapd->tls_port = free_port();
    char *urls = xasprintf("ldap://127.0.0.1:%d/ ldaps://127.0.0.1:%d/ %s", slapd->port, slapd->tls_port, slapd->ldapi);
    char *conf = path_join(slapd->folder, slapd->config ? "config" : "slapd.conf");
    char *path = xstrdup(program("slapd"));
    slapd->pid = fork();
    if (slapd->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves no server behind */
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) {
            _exit(1);
        }
        execl(path, "slapd", "-d", "0", slapd->config ? "-F" : "-f", conf, "-h", urls, (char *)NULL);
        _exit(127);
    }
    free(path);
    free(conf);
    free(urls);
    for (int i = 0; i < 300; i++) { /* 15 s */
        if (waitpid(slapd->pid, NULL, WNOHANG) != 0) {
            slapd->pid = -1;
            return false; /* e.g. another test took the port */
        }
        if (answers(slapd->port) && answers(slapd->tls_port)) {
            return true;
        }
        nanosleep(&(struct timespec){0, 50000000L}, NULL);
    }
    testslapd_stop(slapd);
    return false;
}

/* ldapi://%2Ftmp%2F… */
static char *ldapi_url(const char *folder)
{
    struct buf text = BUF_INIT(4096);
    buf_add(&text, "ldapi://");
    for (const char *p = folder; *p; p++) {
        buf_add(&text, *p == '/' ? "%%2F" : "%c", *p);
    }
    buf_add(&text, "%%2Fldapi");
    char *url = xstrdup(buf_str(&text));
    buf_release(&text);
    return url;
}

static bool start(struct testslapd *slapd, const char *folder, const struct testcert *server, const struct testcert *ca,
                  bool with_schema, bool config)
{
    char *data = path_join(folder, "data");
    *slapd = (struct testslapd){.pid = -1, .config = config};
    bool good = mkdir(data, 0700) == 0 && write_config(folder, with_schema, config) && write_certs(folder, server, ca) &&
                fill(folder) && (!config || convert(folder));
    free(data);
    if (good) {
        slapd->folder = xstrdup(folder);
        slapd->ldapi = ldapi_url(folder);
        for (int i = 0; i < 5 && slapd->pid < 0; i++) {
            good = run(slapd);
        }
    }
    return good;
}

bool testslapd_start(struct testslapd *slapd, const char *folder, const struct testcert *server,
                     const struct testcert *ca, bool with_schema)
{
    return start(slapd, folder, server, ca, with_schema, false);
}

bool testslapd_start_config(struct testslapd *slapd, const char *folder, const struct testcert *server,
                            const struct testcert *ca)
{
    return start(slapd, folder, server, ca, false, true);
}

void testslapd_stop(struct testslapd *slapd)
{
    if (slapd->pid > 0) {
        kill(slapd->pid, SIGKILL);
        waitpid(slapd->pid, NULL, 0);
    }
    free(slapd->folder);
    free(slapd->ldapi);
    *slapd = (struct testslapd){.pid = -1};
}
