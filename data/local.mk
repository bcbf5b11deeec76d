# SPDX-License-Identifier: Apache-2.0
# The profiles of the practice CA. To add one: the file, a line here, and what is new in it in data/profiles/README.
profiledir = $(pkgdatadir)/profiles
dist_profile_DATA = \
  data/profiles/caCMCECUserCert.cfg \
  data/profiles/caCMCECserverCert.cfg \
  data/profiles/caCMCECserverCertWithCRLDP.cfg \
  data/profiles/caCMCECsubsystemCert.cfg \
  data/profiles/caCMCUserCert.cfg \
  data/profiles/caCMCauditSigningCert.cfg \
  data/profiles/caCMCcaCert.cfg \
  data/profiles/caCMCcaIssuanceProtectionCert.cfg \
  data/profiles/caCMCkraStorageCert.cfg \
  data/profiles/caCMCkraTransportCert.cfg \
  data/profiles/caCMCocspCert.cfg \
  data/profiles/caCMCserverCert.cfg \
  data/profiles/caCMCserverCertWithCRLDP.cfg \
  data/profiles/caCMCsubsystemCert.cfg \
  data/profiles/caECFullCMCSharedTokenCert.cfg \
  data/profiles/caECFullCMCUserCert.cfg \
  data/profiles/caECFullCMCUserSignedCert.cfg \
  data/profiles/caECSimpleCMCUserCert.cfg \
  data/profiles/caFullCMCSharedTokenCert.cfg \
  data/profiles/caFullCMCUserCert.cfg \
  data/profiles/caFullCMCUserEncCert.cfg \
  data/profiles/caFullCMCUserSignedCert.cfg \
  data/profiles/caSimpleCMCUserCert.cfg \
  data/profiles/caUserCert.cfg
EXTRA_DIST += data/profiles/README
# Example cfg files; tests/unit/cfg/cfg_examples_test keeps them right.
cfgexampledir = $(pkgdatadir)/examples
dist_cfgexample_DATA = \
  data/examples/agent-request.cfg \
  data/examples/agent-submit.cfg \
  data/examples/server-request.cfg \
  data/examples/server-submit.cfg \
  data/examples/agent-signed.answers data/examples/agent-signed-server.answers \
  data/examples/encryption.answers data/examples/renewal.answers data/examples/revoke.answers data/examples/shared-secret.answers

# Manual pages: committed, made from their .in files and the tables of the programs; data/man/man_test.sh compares.
check_PROGRAMS += data/man/answers_man
data_man_answers_man_SOURCES = data/man/answers_man.c
data_man_answers_man_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NSS) $(LIB_BASE) $(NSS_LIBS)
# Pages of Dogtag's names lie beside the links: man finds them when that folder is in PATH, and nothing of Dogtag's is replaced.
check_PROGRAMS += data/man/dogtag_man
data_man_dogtag_man_SOURCES = data/man/dogtag_man.c src/tools/dogtag_options.def
dogtagmandir = $(pkglibexecdir)/dogtag/man/man1
dist_dogtagman_DATA = data/man/CMCEnroll.1 data/man/CMCRequest.1 data/man/CMCResponse.1 data/man/CMCRevoke.1 \
  data/man/CMCSharedToken.1 data/man/CRMFPopClient.1 data/man/HttpClient.1 data/man/PKCS10Client.1 data/man/PKICertImport.1 \
  data/man/pki.1
man_pages = data/man/cmc-dogtag.7 data/man/cmc-wizard.1 data/man/cmc.1 data/man/cmc-practice-ca.1 data/man/cmc-wizard-answers.5
dist_man_MANS += $(man_pages)
EXTRA_DIST += data/man/cmc-dogtag.7.in data/man/cmc-wizard.1.in data/man/cmc.1.in data/man/cmc-practice-ca.1.in data/man/cmc-wizard-answers.5.in data/man/make-pages.sh
dist_check_SCRIPTS += data/man/man_test.sh
TESTS += data/man/man_test.sh
update-man-pages: all data/man/answers_man data/man/dogtag_man
	$(AM_V_GEN)top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' sh $(srcdir)/data/man/make-pages.sh $(srcdir)/data/man
update-man: update-man-pages
.PHONY: update-man-pages

# Completions: committed, made from the option tables. Bash and fish look for a file by the program's name; Dogtag's names are
# completed as well, once their folder is in PATH.
COMPLETED = cmc cmc-practice-ca $(DOGTAG_NAMES)
completiondir = $(datadir)/bash-completion/completions
dist_completion_DATA = data/completions/cmc-wizard.bash
fishdir = $(datadir)/fish/vendor_completions.d
dist_fish_DATA = data/completions/cmc-wizard.fish
zshdir = $(datadir)/zsh/site-functions
dist_zsh_DATA = data/completions/_cmc-wizard
EXTRA_DIST += data/completions/make_completions.py data/completions/structure.py
install-data-hook:
	cd '$(DESTDIR)$(completiondir)' && for name in $(COMPLETED) cmc-wizard; do rm -f $$name && $(LN_S) cmc-wizard.bash $$name || exit 1; done
	cd '$(DESTDIR)$(fishdir)' && for name in $(COMPLETED); do rm -f $$name.fish && $(LN_S) cmc-wizard.fish $$name.fish || exit 1; done
uninstall-hook:
	cd '$(DESTDIR)$(completiondir)' && rm -f $(COMPLETED) cmc-wizard
	cd '$(DESTDIR)$(fishdir)' && for name in $(COMPLETED); do rm -f $$name.fish; done
update-completions: all data/man/dogtag_man
	python3 $(srcdir)/data/completions/make_completions.py $(builddir) $(srcdir)/data/completions
.PHONY: update-completions
update-man: update-completions

# make installcheck, after make install without DESTDIR.
EXTRA_DIST += tests/install/installcheck.sh
installcheck-local:
	bindir='$(bindir)' pkglibexecdir='$(pkglibexecdir)' pkgdatadir='$(pkgdatadir)' mandir='$(mandir)' datadir='$(datadir)' \
	  sysconfdir='$(sysconfdir)' \
	  programs='$(bin_PROGRAMS)' sh $(srcdir)/tests/install/installcheck.sh
dist_check_SCRIPTS += data/completions/completion_test.sh
TESTS += data/completions/completion_test.sh

# What other programs may rely on in saved files.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = data/schema/batch.schema.json data/schema/package.schema.json data/schema/session.schema.json
