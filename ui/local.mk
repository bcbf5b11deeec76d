# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += ui/libui.a
ui_libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)
ui_libui_a_SOURCES =
