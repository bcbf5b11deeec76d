# SPDX-License-Identifier: Apache-2.0
# cmc-wizard is small and shows its first page at once; wizard.so brings pages, flow and engine when they are needed. Of the flow the
# program itself has the descriptions of CAs, which need src/base only: they say in which language it starts.
bin_PROGRAMS += cmc-wizard
pkglibexec_PROGRAMS += wizard.so
cmc_wizard_SOURCES = screens/main.c screens/welcome.c screens/welcome.h screens/wizard.h
cmc_wizard_CPPFLAGS = $(AM_CPPFLAGS)
cmc_wizard_LDFLAGS = $(AM_LDFLAGS) -Wl,-export-dynamic
cmc_wizard_LDADD = $(WHOLE_ARCHIVE) $(LIB_UI) src/base/libbase.a $(NO_WHOLE_ARCHIVE) $(LIB_FLOW) $(LTLIBINTL) $(CJSON_LIBS) \
  $(CURSES_LIBS) -ldl
wizard_so_SOURCES = screens/deskqueue.c screens/describe.c screens/faults.c screens/guide.c screens/pages_desk.c screens/refused.c \
  screens/app.c screens/app.h screens/certlist.c screens/certlist.h screens/contact.c screens/transport.c screens/work.c screens/helpdesk.c screens/pages_modules.c screens/module.c screens/pages.c \
  screens/pages_admin.c screens/pages_agent.c screens/pages_database.c screens/pages_encryption.c screens/pages_purpose.c screens/pages_renew.c screens/pages_request.c screens/pages_review.c screens/pages_revoke.c \
  screens/pages_secret.c screens/pages_server.c screens/pages_subject.c screens/pages_token.c screens/token_work.c screens/token_desk.h screens/pick_user.c screens/practice.c screens/reminders.c screens/runpage.c screens/saved.c \
  screens/unattended.c
wizard_so_CPPFLAGS = $(AM_CPPFLAGS)
wizard_so_LDFLAGS = $(AM_LDFLAGS) -shared
wizard_so_LDADD = $(LIB_FLOW) $(LIB_CFG) $(LIB_CMC) $(LIB_NET) $(LIB_DIR) $(LIB_NSS) $(NSS_LIBS) $(CURL_LIBS) $(LDAP_LIBS) -llber -lpthread
wizard_so_SOURCES += screens/events.c screens/events.h screens/failpage.c screens/failpage.h
wizard_so_SOURCES += screens/saved_list.c screens/saved_list.h
