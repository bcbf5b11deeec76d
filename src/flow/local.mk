# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += src/flow/libflow.a
src_flow_libflow_a_CPPFLAGS = $(AM_CPPFLAGS)
src_flow_libflow_a_SOURCES = \
  src/flow/admin.c src/flow/admin.h \
  src/flow/answers.c src/flow/answers.h \
  src/flow/batch.c src/flow/batch.h src/flow/batch_internal.h src/flow/batch_item.c src/flow/batch_journal.c \
  src/flow/submit_target.h \
  src/flow/cadesc.c src/flow/cadesc.h \
  src/flow/card.c src/flow/cfgs.c \
  src/flow/chainfile.c src/flow/chainfile.h \
  src/flow/desk.c src/flow/desk.h \
  src/flow/engine.c src/flow/engine.h \
  src/flow/engine_crmf.c src/flow/engine_import.c src/flow/engine_request.c src/flow/engine_submit.c \
  src/flow/expiry.c src/flow/expiry.h \
  src/flow/given.c \
  src/flow/errand.c src/flow/errand.h src/flow/job.c src/flow/job.h \
  src/flow/look.c src/flow/look.h \
  src/flow/modules.c src/flow/modules.h \
  src/flow/package.c src/flow/package.h \
  src/flow/preflight.c src/flow/preview.c \
  src/flow/protocol.c src/flow/protocol.h \
  src/flow/review.c \
  src/flow/reminder.c src/flow/reminder.h \
  src/flow/run.c src/flow/run.h src/flow/run_common.c src/flow/run_internal.h \
  src/flow/saved.c src/flow/saved.h \
  src/flow/scenario.c src/flow/scenario.h \
  src/flow/secrets.c src/flow/secrets.h \
  src/flow/serial.c src/flow/serial.h \
  src/flow/session.c src/flow/session.h \
  src/flow/step_agent.c src/flow/step_crmf.c src/flow/step_csr.c src/flow/step_desk.c src/flow/step_key.c src/flow/step_package.c src/flow/step_renew.c src/flow/step_transport.c src/flow/dirlook.c src/flow/dirlook.h \
  src/flow/step_request.c src/flow/step_revoke.c src/flow/run_work.c src/flow/step_import.c src/flow/step_response.c src/flow/step_secret.c src/flow/step_server.c src/flow/step_submit.c \
  src/flow/tokendesk.c src/flow/tokendesk.h
src_flow_libflow_a_SOURCES += src/flow/bundle.c src/flow/bundle.h src/flow/failure.c src/flow/failure.h src/flow/failure_causes.c
