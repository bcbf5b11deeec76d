# SPDX-License-Identifier: Apache-2.0
# cmc loads neither libcurl nor libldap; cmc-net is what it becomes for the network.
bin_PROGRAMS += cmc
pkglibexec_PROGRAMS = cmc-net
TOOL_COMMON = src/tools/tool.c src/tools/tool.h
DOGTAG_COMMON = src/tools/dogtag.c src/tools/dogtag.h
PKI_COMMON = src/tools/pki.c src/tools/pki.h
cmc_SOURCES = $(TOOL_COMMON) $(DOGTAG_COMMON) src/tools/cmc.c src/tools/cmc_admin.c src/tools/cmc_import.c src/tools/cmc_lint.c src/tools/cmc_module.c src/tools/cmc_needs_renewal.c src/tools/cmc_pkcs10.c \
  src/tools/cmc_request.c src/tools/cmc_response.c src/tools/cmc_show.c \
  src/tools/cmc_crmf.c src/tools/cmc_revoke.c src/tools/revoke.c src/tools/revoke.h \
  src/tools/dogtag_args.c src/tools/dogtag_args.h src/tools/dogtag_cmcenroll.c src/tools/dogtag_cmcrevoke.c src/tools/dogtag_cmcrequest.c src/tools/dogtag_cmcrequest_failure.c src/tools/dogtag_cmcrequest_lines.c \
  src/tools/dogtag_cmcresponse.c src/tools/dogtag_cmcsharedtoken.c src/tools/dogtag_crmfpopclient.c src/tools/dogtag_crmfpop.h src/tools/dogtag_controls.c src/tools/dogtag_pkcs10client.c src/tools/java_cert.c \
  $(PKI_COMMON) src/tools/dogtag_pki.c src/tools/dogtag_pkicertimport.c src/tools/pki_import.c src/tools/pki_nss.c src/tools/pki_pkcs7.c src/tools/pki_pkcs12.c \
  src/tools/pki_store.c
cmc_CPPFLAGS = $(AM_CPPFLAGS)
cmc_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) -lpthread
cmc_net_SOURCES = $(TOOL_COMMON) $(DOGTAG_COMMON) src/tools/dogtag_httpclient.c src/tools/cmc_net.c src/tools/cmc_batch.c src/tools/cmc_ca.c src/tools/cmc_desk.c src/tools/cmc_renew.c src/tools/cmc_submit.c \
  src/tools/cmc_token.c src/tools/cmc_find.c $(PKI_COMMON) src/tools/dogtag_pki_ca.c src/tools/pki_find.c src/tools/pki_store.c src/tools/dogtag_crmfpopclient.c src/tools/dogtag_crmfpop_submit.c src/tools/dogtag_crmfpop.h src/tools/find.c src/tools/find.h src/tools/java_cert.c src/tools/dogtag_args.c src/tools/dogtag_args.h
cmc_net_CPPFLAGS = $(AM_CPPFLAGS)
cmc_net_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NET) $(LIB_DIR) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS) $(CURL_LIBS) $(LDAP_LIBS) -llber -lpthread

# Dogtag's names, in a folder of their own: PATH=$(pkglibexecdir)/dogtag:$$PATH is a drop-in. To add a name: here and in cmc.c.
DOGTAG_NAMES = CMCRequest CMCResponse HttpClient PKCS10Client CRMFPopClient CMCSharedToken CMCRevoke CMCEnroll PKICertImport pki
all-local: dogtag/stamp
dogtag/stamp: cmc$(EXEEXT) cmc-net$(EXEEXT) $(top_builddir)/Makefile
	@$(MKDIR_P) dogtag
	@for name in $(DOGTAG_NAMES); do rm -f dogtag/$$name && $(LN_S) ../cmc$(EXEEXT) dogtag/$$name || exit 1; done
	@touch $@
CLEANFILES += dogtag/stamp
clean-local-dogtag:
	-rm -rf dogtag
clean-local: clean-local-dogtag
install-exec-hook-dogtag:
	$(MKDIR_P) "$(DESTDIR)$(pkglibexecdir)/dogtag"
	for name in $(DOGTAG_NAMES); do \
	  rm -f "$(DESTDIR)$(pkglibexecdir)/dogtag/$$name" && \
	  $(LN_S) "$(bindir)/cmc$(EXEEXT)" "$(DESTDIR)$(pkglibexecdir)/dogtag/$$name" || exit 1; \
	done
install-exec-hook: install-exec-hook-dogtag
uninstall-hook-dogtag:
	-rm -rf "$(DESTDIR)$(pkglibexecdir)/dogtag"
uninstall-hook: uninstall-hook-dogtag
