# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += ui/libui.a
ui_libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)
ui_libui_a_SOURCES = \
  ui/action.c ui/action.h \
  ui/columns.c ui/columns.h \
  ui/copyview.c ui/copyview.h \
  ui/dialog.c ui/dialog.h \
  ui/edit.c ui/edit.h \
  ui/form.c ui/form.h ui/form_private.h \
  ui/form_layout.c ui/form_lists.c ui/form_pem.c ui/form_simple.c ui/form_tables.c ui/form_text.c \
  ui/frame.c ui/frame.h \
  ui/language.c ui/language.h \
  ui/picker.c ui/picker.h \
  ui/plain.c ui/plain.h ui/plain_fields.c ui/plain_form.c ui/plain_private.h \
  ui/progress.c ui/progress.h \
  ui/shorten.c ui/shorten.h \
  ui/ui.c ui/ui.h ui/ui_curses.h ui/ui_private.h \
  ui/ui_input.c ui/ui_paint.c
ui_libui_a_SOURCES += ui/glossary.c ui/glossary.h
